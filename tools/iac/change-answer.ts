import type { ChangeView } from '../../src/change/wire/change.ts';
import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../src/change/wire/protocol.ts';
import { type Answer, oneLine, text, Untrusted } from '../../src/kit/index.ts';
import { changeText, nextStep, tellingChange } from './change-headline.ts';
import { hiddenValues } from './plan-changes.ts';
import { type Detail, levels } from './plan-detail.ts';
import { planLines } from './plan-lines.ts';
import { agentBlock, commitText, keepNotes, plainName, problemBlock } from './words.ts';

const fenceBytes = 110;

export interface ToldChanges {
  /** Of one set, in its order. */
  readonly changes: readonly ChangeView[];
  readonly keep: KeepState;
  readonly lost?: string | undefined;
  readonly now: Date;
  /** Bytes. */
  readonly room: number;
}

/**
 * A set as an agent reads it: what it is, what a human has to do, and what it would change. The reviewer's words, the engine's and the
 * repository's stand behind it, fenced; among them are lines of the agent's own patch, so all of it is shown as an agent's.
 */
export function changeAnswer(told: ToldChanges): Answer {
  const { changes, keep, now, lost } = told;
  const first = tellingChange(changes);
  if (first === undefined) throw new Error('a set has at least one change');
  const headline = changes.length === 1 ? changeText(first, now) : setText(first, changes, now);
  const others = changes.length === 1 ? [] : changes.map((view) => changeText(view, now));
  const hidden = changes.reduce((sum, { summary }) => sum + (summary === undefined ? 0 : hiddenValues(summary)), 0);
  const notes = [
    ...(lost === undefined ? [] : [`the keep stopped answering (${lost}): this is how it was last seen`]),
    `approval_url: ${placeToDecide(keep, first.set)}`,
    nextStep(first, keep),
    ...(first.expiresAt === undefined ? [] : [`expires ${first.expiresAt}`]),
    ...(first.brokenGlass ? ['the glass was broken for it: policy was overruled by a signature'] : []),
    ...(hidden === 0 ? [] : [`${hidden} values not shown: sensitive, or computed and so possibly made of a secret`]),
    ...keepNotes(keep, now),
  ];
  const problems = problemBlock(keep);
  const taken = [headline, ...others, ...notes].reduce((sum, line) => sum + Buffer.byteLength(line) + 2, 260);
  const fenced = problems.reduce(
    (sum, one) => sum + (one instanceof Untrusted ? one.bytes + fenceBytes : one.length),
    0,
  );
  const lines = fitting(changes, told.room - taken - fenced - fenceBytes);
  return text({
    asOf: new Date(first.changedAt),
    coverage: { covered: coveredBy(first, changes), missing: missingOf(changes) },
    headline,
    blocks: [...others, ...agentBlock(lines), ...problems],
    narrow: 'one change of it with id=chg_…, and budget= up to 24000',
    notes,
  });
}

function setText(first: ChangeView, changes: readonly ChangeView[], now: Date): string {
  const same = changes.filter(({ state }) => state === first.state).length;
  return `${first.set} · ${changes.length} changes, ${same} of them so; the first that matters: ${changeText(first, now)}`;
}

function fitting(changes: readonly ChangeView[], room: number): readonly string[] {
  const bytes = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 3, 0);
  const tried = (detail: Detail): readonly string[] =>
    changes.flatMap((view) => [
      ...(changes.length === 1 ? [] : [`== ${oneLine(view.stack, 200)}`]),
      ...wordLines(view),
      ...planLines(view, detail),
      ...applyLines(view, detail),
    ]);
  const level = levels.find((detail) => bytes(tried(detail)) <= room) ?? levels.at(-1);
  return level === undefined ? [] : tried(level);
}

/** What people and the world said of it. */
function wordLines({ reason, incident, revises, words, why, expected = [] }: ChangeView): readonly string[] {
  return [
    `asked for: ${oneLine(reason, 400)}`,
    ...(incident === undefined ? [] : [`of incident ${oneLine(incident, 80)}`]),
    ...(revises === undefined ? [] : [`in place of ${revises}`]),
    ...(words === undefined ? [] : [`the human who rejected it wrote: ${oneLine(words, 2_000)}`]),
    ...(why === undefined ? [] : [`why: ${oneLine(why, 600)}`]),
    ...expected
      .toSorted((a, b) => Number(a.result === 'pass') - Number(b.result === 'pass'))
      .map(
        ({ what, result, detail }) => `expected ${oneLine(what, 200)}: ${result.toUpperCase()} · ${oneLine(detail)}`,
      ),
  ];
}

function applyLines({ apply }: ChangeView, detail: Detail): readonly string[] {
  if (apply === undefined) return [];
  const most = Math.max(2, detail.rest);
  return [
    ...apply.failed.slice(0, most).map((address) => `FAILED ${oneLine(address, 200)}`),
    ...apply.unknown.slice(0, most).map((address) => `NOT KNOWN ${oneLine(address, 200)}`),
    ...apply.lines.slice(0, most).map((line) => `  ${oneLine(line)}`),
  ];
}

function coveredBy({ base, proposed }: ChangeView, changes: readonly ChangeView[]): string {
  const shown = changes.slice(0, 12).map(({ stack }) => plainName(stack));
  const more = changes.length > shown.length ? ` and ${changes.length - shown.length} more` : '';
  return [
    `${shown.join(', ')}${more} at base ${commitText(base)}`,
    ...(proposed === undefined ? [] : [`proposed tree ${commitText(proposed)}`]),
  ].join(', ');
}

function missingOf(changes: readonly ChangeView[]): readonly { readonly what: string; readonly why: string }[] {
  const unknown = changes.reduce((sum, { summary }) => sum + (summary?.blastRadius.unknown.length ?? 0), 0);
  const unplanned = changes.filter(({ summary, state }) => summary === undefined && state !== 'no-changes').length;
  const unmeasured = changes
    .flatMap(({ expected = [] }) => expected)
    .filter(({ result }) => result === 'unknown').length;
  return [
    ...(unplanned === 0 ? [] : [{ what: 'what it would do', why: `${unplanned} of ${changes.length} not planned` }]),
    ...(unknown === 0 ? [] : [{ what: 'part of the blast radius', why: `${unknown} named below` }]),
    ...(unmeasured === 0 ? [] : [{ what: 'part of what was expected', why: `${unmeasured} could not be measured` }]),
  ];
}
