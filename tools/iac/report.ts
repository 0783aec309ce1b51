import { z } from 'zod';
import type { StackView } from '../../src/change/wire/stacks.ts';
import { counted } from '../../src/cluster/index.ts';
import { oneLine, text, toolsFor, type Untrusted } from '../../src/kit/index.ts';
import { causeNotes, staleMs } from './drift-causes.ts';
import { fields } from './fields.ts';
import type { IacPorts } from './port.ts';
import { ageOf, agoText, block, commitText, keepNotes, problemBlock } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

const input = z.strictObject({ budget: fields.budget });

export const report = defineTool({
  name: 'drift_report',
  title: 'Which stacks differ from reality',
  description:
    'Three lists from the last scheduled plans: stacks that differ (counts, addresses by type, confirmed or not, commit), ' +
    'stacks that could not be planned and why, clean ones; each with its age. Plans nothing itself. Use before planning ' +
    'everything with run --all.',
  effect: 'read',
  searchHint: 'terraform terragrunt drift detection plan all stacks differ clean errored',
  input,
  async run(_, { ports: { keep: client }, signal, now: clock }) {
    const { keep, stacks = [] } = await client.ask({ verb: 'status', of: 'stacks' }, signal);
    const now = clock();
    const planned = stacks.filter(({ skipped }) => skipped === undefined);
    const of = (state: StackView['drift']['state']) => byAge(planned.filter(({ drift }) => drift.state === state));
    const [differs, unknown, clean] = [of('differs'), of('unknown'), of('clean')];
    const skipped = stacks.filter((stack) => stack.skipped !== undefined);
    const never = unknown.filter(({ drift }) => drift.at === undefined);
    const failed = unknown.filter(({ drift }) => drift.at !== undefined);
    return text({
      asOf: now,
      coverage: {
        covered: `the last scheduled plan of ${planned.length} stacks; nothing was planned for this answer`,
        missing: [
          ...(failed.length === 0 ? [] : [{ what: counted(failed.length, 'stack'), why: 'the last plan failed' }]),
          ...(never.length === 0 ? [] : [{ what: counted(never.length, 'stack'), why: 'never planned' }]),
          ...(skipped.length === 0 ? [] : [{ what: counted(skipped.length, 'stack'), why: 'skipped by keep.yaml' }]),
        ],
      },
      headline: headlineOf(differs, unknown, clean),
      blocks: [
        ...section('DIFFERS', differs, (stack) => differingLines(stack, now)),
        ...section('COULD NOT BE PLANNED', failed, ({ stack, drift }) => [
          `${oneLine(stack, 120)} · ${agoText(drift.at, now)} · at ${commitText(drift.commit)} · ${oneLine(drift.why ?? 'no reason told')}`,
        ]),
        ...section('NEVER PLANNED', never, ({ stack, drift }) => [
          [oneLine(stack, 120), ...(drift.why === undefined ? [] : [oneLine(drift.why)])].join(' · '),
        ]),
        ...section('SKIPPED', skipped, (stack) => [`${oneLine(stack.stack, 120)} · ${oneLine(stack.skipped ?? '')}`]),
        ...cleanSection(clean, now),
        ...problemBlock(keep),
      ],
      narrow: 'one in full with stack_show stack=; more with budget= up to 24000',
      notes: [...causeNotes(planned), ...staleNotes([...differs, ...clean], now), ...keepNotes(keep, now)],
    });
  },
});

function headlineOf(differs: readonly StackView[], unknown: readonly StackView[], clean: readonly StackView[]): string {
  const unconfirmed = differs.filter(({ drift }) => !drift.confirmed).length;
  const doubt = unconfirmed === 0 ? '' : ` (${unconfirmed} not confirmed by a second plan)`;
  return `${differs.length} differ${doubt}, ${unknown.length} not known, ${clean.length} clean when last planned`;
}

function section(
  title: string,
  stacks: readonly StackView[],
  linesOf: (stack: StackView) => readonly string[],
): readonly (string | Untrusted)[] {
  return stacks.length === 0 ? [] : [`${title} (${stacks.length})`, ...block(stacks.flatMap(linesOf))];
}

/** Nothing is the matter with them: many a line. */
function cleanSection(clean: readonly StackView[], now: Date): readonly (string | Untrusted)[] {
  const told = clean.map(({ stack, drift }) => `${oneLine(stack, 120)} ${agoText(drift.at, now)}`);
  const lines = Array.from({ length: Math.ceil(told.length / 6) }, (_, row) =>
    told.slice(row * 6, row * 6 + 6).join(', '),
  );
  return clean.length === 0 ? [] : [`CLEAN (${clean.length})`, ...block(lines)];
}

/** Oldest first: what it says may have passed. */
function byAge(stacks: readonly StackView[]): readonly StackView[] {
  return stacks.toSorted(
    (a, b) => (a.drift.at ?? '').localeCompare(b.drift.at ?? '') || a.stack.localeCompare(b.stack),
  );
}

const mostAddresses = 8;

function differingLines({ stack, drift }: StackView, now: Date): readonly string[] {
  const { at, commit, counts, confirmed, addresses } = drift;
  const types = new Map<string, string[]>();
  for (const address of addresses) types.set(typeOf(address), [...(types.get(typeOf(address)) ?? []), address]);
  return [
    `${oneLine(stack, 120)} · ${agoText(at, now)} · ${confirmed ? 'confirmed' : 'NOT confirmed'} · at ${commitText(commit)} · ${oneLine(counts ?? 'counts not told', 120)}`,
    ...[...types].map(([type, of]) => {
      const shown = of.slice(0, mostAddresses).map((address) => oneLine(address, 120));
      const more = of.length > mostAddresses ? ` and ${of.length - mostAddresses} more` : '';
      return `  ${oneLine(type, 80)} ×${of.length}: ${shown.join(', ')}${more}`;
    }),
  ];
}

/** `kubernetes_deployment` of `module.web["a.b"].kubernetes_deployment.this[0]`. */
function typeOf(address: string): string {
  const parts = address.replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '').split('.');
  while (parts[0] === 'module') parts.splice(0, 2);
  const [first = '', second = ''] = parts;
  return first === 'data' ? `data.${second}` : first;
}

function staleNotes(stacks: readonly StackView[], now: Date): readonly string[] {
  const stale = stacks.filter(({ drift }) => (ageOf(drift.at, now) ?? Number.POSITIVE_INFINITY) > staleMs);
  if (stale.length === 0) return [];
  return [
    `OLD: ${counted(stale.length, 'result')} older than 36 hours; what they say may have passed (castellan doctor tells whether the nightly plans run)`,
  ];
}
