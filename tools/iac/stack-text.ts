import type { KeepState } from '../../src/change/wire/protocol.ts';
import type { StackView } from '../../src/change/wire/stacks.ts';
import { type Answer, oneLine, text } from '../../src/kit/index.ts';
import { agentBlock, agoText, block, commitText, driftText, keepNotes, plainName, problemBlock } from './words.ts';

export interface ToldStack {
  readonly stack: StackView;
  readonly keep: KeepState;
  readonly now: Date;
}

const mostNames = 60;

/** Everything that is known of one stack without planning it. */
export function describeStack({ stack: view, keep, now }: ToldStack): Answer {
  const { stack, lock, run, change, drift } = view;
  const where = plainName(stack);
  const locked = { held: 'LOCKED', free: 'not locked', unknown: 'lock UNKNOWN' }[lock.state];
  const working = [
    ...(change === undefined ? [] : [`change ${plainName(change.id)}, ${change.state}`]),
    ...(run === undefined ? [] : [`open run ${plainName(run.id)}, ${run.state}`]),
  ];
  return text({
    asOf: now,
    coverage: {
      covered: `stack ${where} in the trusted base; nothing was planned for this answer`,
      missing: missingOf(view),
    },
    headline: `${where}: ${locked}; drift ${driftText(view, now)}; ${working.join('; ') || 'nobody works on it'}`,
    blocks: [...block(factLines(view, now)), ...agentBlock(workLines(view, now)), ...problemBlock(keep)],
    narrow: 'more with budget=',
    notes: [
      ...(change === undefined ? [] : [`its change: change_status id=${plainName(change.id)}`]),
      ...(run === undefined ? [] : [`its run: terragrunt_plan run=${plainName(run.id)} wait=0`]),
      ...(drift.state === 'differs' ? [`what differs now: terragrunt_plan stack=${where}`] : []),
      ...keepNotes(keep, now),
    ],
  });
}

function missingOf({ lock, lastApply, drift, skipped }: StackView): readonly { what: string; why: string }[] {
  return [
    ...(lock.state === 'unknown' ? [{ what: 'its lock', why: 'the backend does not tell' }] : []),
    ...(lastApply.at === undefined ? [{ what: 'its last apply', why: 'no source for it' }] : []),
    ...(drift.state === 'unknown' && skipped === undefined ? [{ what: 'its drift', why: 'see below' }] : []),
  ];
}

function factLines(view: StackView, now: Date): readonly string[] {
  const { profile, tier, backend, engine, skipped, dependsOn, dependants, modules, lock, lastApply, drift } = view;
  const applied = lastApply.at === undefined ? 'unknown' : agoText(lastApply.at, now);
  const serial = lastApply.serial === undefined ? '' : `, serial ${lastApply.serial}`;
  const driftFacts = [
    drift.at === undefined ? undefined : agoText(drift.at, now),
    drift.commit === undefined ? undefined : `at commit ${commitText(drift.commit)}`,
    drift.counts === undefined ? undefined : oneLine(drift.counts, 120),
    drift.state === 'differs' ? (drift.confirmed ? 'confirmed by a second plan' : 'not confirmed yet') : undefined,
    drift.why === undefined ? undefined : oneLine(drift.why),
    drift.run === undefined ? undefined : `run ${oneLine(drift.run, 40)}`,
  ].filter((fact) => fact !== undefined);
  return [
    oneLine(`tier ${tier} · backend ${backend} · profile ${profile} · ${engine}`),
    `lock ${lock.state}: ${oneLine(lock.detail)}`,
    `last apply ${applied}${serial} (${oneLine(lastApply.how, 120)})`,
    ...(skipped === undefined ? [] : [`never planned: ${oneLine(skipped)}`]),
    `drift ${drift.state}${driftFacts.length === 0 ? '' : `: ${driftFacts.join(' · ')}`}`,
    ...drift.addresses.slice(0, mostNames).map((address) => `  ${oneLine(address, 200)}`),
    ...more(drift.addresses.length, 'addresses'),
    ...names('depends on', dependsOn),
    ...names('dependants', dependants),
    ...names('modules', modules),
  ];
}

/** Who works on it, under the name an agent has. */
function workLines({ change, run }: StackView, now: Date): readonly string[] {
  const line = (what: string, { id, state, agent, createdAt }: NonNullable<StackView['change'] | StackView['run']>) =>
    `${what} ${id} · ${state} · by ${oneLine(agent, 80)} · ${agoText(createdAt, now)}`;
  return [
    ...(change === undefined ? [] : [line('change', change)]),
    ...(run === undefined ? [] : [line('open run', run)]),
  ];
}

function names(title: string, all: readonly string[]): readonly string[] {
  const shown = all.slice(0, mostNames).map((name) => oneLine(name, 120));
  return [`${title} (${all.length}): ${shown.join(', ') || 'none'}`, ...more(all.length, title)];
}

function more(count: number, what: string): readonly string[] {
  return count > mostNames ? [`  (${count - mostNames} more ${what} not shown)`] : [];
}
