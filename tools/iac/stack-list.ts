import { z } from 'zod';
import type { KeepState } from '../../src/change/wire/protocol.ts';
import type { StackView } from '../../src/change/wire/stacks.ts';
import { type Answer, type Cell, oneLine, type Page, table, Untrusted } from '../../src/kit/index.ts';
import { agoText, driftText, keepNotes, nameCell, plainName, problemBlock } from './words.ts';

export interface ListedStacks {
  readonly stacks: readonly StackView[];
  readonly keep: KeepState;
  readonly now: Date;
  readonly page: Page;
}

const perPage = 100;

/** Every stack, those first that something is the matter with. */
export function listStacks({ stacks, keep, now, page }: ListedStacks): Answer {
  const sorted = stacks.toSorted((a, b) => weight(a) - weight(b) || a.stack.localeCompare(b.stack));
  const skipped = offsetOf(page);
  const unknown = stacks.filter(({ lock }) => lock.state === 'unknown').length;
  return table({
    asOf: now,
    coverage: {
      covered: `${stacks.length} stacks of the trusted base`,
      missing: unknown === 0 ? [] : [{ what: `${unknown} locks`, why: 'their backend does not tell' }],
    },
    headline: headlineOf(stacks),
    columns: ['stack', 'tier', 'backend', 'lock', 'dependants', 'last apply', 'drift', 'open change or run'],
    rows: sorted.slice(skipped, skipped + perPage).map((stack) => rowOf(stack, now)),
    total: sorted.length,
    skipped,
    continueAt: (row) => page.mint({ offset: row }),
    narrow: 'one in full with stack=',
    notes: [...keepNotes(keep, now), ...problemNote(keep)],
  });
}

/** A table has no place for a block of its own. */
function problemNote(keep: KeepState): readonly string[] {
  return problemBlock(keep).length === 0
    ? []
    : [`the keep has trouble (${keep.problems.length}): stack_show of one stack, or castellan doctor, tells it`];
}

function weight({ lock, drift, skipped }: StackView): number {
  if (lock.state === 'held') return 0;
  if (skipped !== undefined) return 3;
  return { differs: 1, unknown: 2, clean: 4 }[drift.state];
}

function rowOf(view: StackView, now: Date): readonly Cell[] {
  const { stack, tier, backend, lock, dependants, lastApply, run, change } = view;
  const open = change ?? run;
  return [
    nameCell(stack),
    nameCell(tier),
    backend,
    lock.state === 'held' ? heldCell(lock.detail) : lock.state,
    dependants.length,
    lastApply.at === undefined ? 'unknown' : agoText(lastApply.at, now),
    driftText(view, now),
    open === undefined
      ? '-'
      : Untrusted.byAgent(`${open.state} by ${oneLine(open.agent, 80)} ${agoText(open.createdAt, now)}`),
  ];
}

/** Who holds a lock chose how they are called. */
function heldCell(detail: string): Cell {
  const name = plainName(detail);
  return name === '?' ? new Untrusted(`held: ${oneLine(detail, 80)}`) : `held: ${name}`;
}

const waits: readonly string[] = ['needs-consent', 'awaiting-approval', 'denied'];

function headlineOf(stacks: readonly StackView[]): string {
  const count = (holds: (stack: StackView) => boolean): number => stacks.filter(holds).length;
  const planned =
    (state: StackView['drift']['state']) =>
    (one: StackView): boolean =>
      one.skipped === undefined && one.drift.state === state;
  const waiting = count(({ run, change }) => [run?.state, change?.state].some((state) => waits.includes(state ?? '')));
  const parts = [
    `${count(({ lock }) => lock.state === 'held')} locked`,
    `${count(planned('differs'))} differ`,
    `${count(planned('unknown'))} unknown`,
    `${count(({ skipped }) => skipped !== undefined)} skipped`,
    `${count(planned('clean'))} clean`,
    ...(waiting === 0 ? [] : [`${waiting} with something that waits for a human`]),
  ];
  return `${stacks.length} stacks: ${parts.join(', ')}`;
}

function offsetOf({ position }: Page): number {
  return z.object({ offset: z.int().min(0) }).safeParse(position).data?.offset ?? 0;
}
