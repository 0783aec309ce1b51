import { z } from 'zod';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { changeId, setId } from '../../src/change/wire/change.ts';
import type { KeepReply } from '../../src/change/wire/protocol.ts';
import { type Answer, table, toolsFor } from '../../src/kit/index.ts';
import { changeAnswer } from './change-answer.ts';
import { fields } from './fields.ts';
import { changesOf, followChanges } from './follow-change.ts';
import { countsText } from './plan-headline.ts';
import type { IacPorts } from './port.ts';
import { agoText, keepNotes, linkTo, nameCell, plainName } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

const listed = 50;

export const status = defineTool({
  name: 'change_status',
  title: 'Where a change is',
  description:
    'Where a proposed change is: waiting for a human, being applied, verified, landed, or why not; with the words of who ' +
    'rejected it. Without id: all changes, those that wait or went wrong first. wait looks until it moves.',
  effect: 'read',
  searchHint: 'approval pending waiting approved rejected applied queue history proposals',
  input: z.strictObject({
    id: z.union([changeId, setId]).optional().describe('chg_… or set_…'),
    wait: fields.wait,
    budget: fields.budget,
  }),
  async run({ id, wait }, { ports: { keep }, signal, now, progress, room }) {
    if (id === undefined)
      return listChanges(await keep.ask({ verb: 'status', of: 'changes', limit: listed }, signal), now());
    const until = performance.now() + (wait ?? 0) * 1_000;
    const first = await keep.ask({ verb: 'status', of: 'change', id, waitMs: 0 }, signal);
    const { reply, lost } = await followChanges(first, { keep, until, signal, progress });
    return changeAnswer({ changes: changesOf(reply), keep: reply.keep, lost, now: now(), room });
  },
});

const wrong: readonly ChangeView['state'][] = [
  'interrupted',
  'partially-applied',
  'failed-expectation',
  'landing-failed',
];
const waits: readonly ChangeView['state'][] = ['awaiting-approval', 'needs-consent', 'denied'];
const over: readonly ChangeView['state'][] = [
  'landed',
  'no-changes',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'superseded',
  'blocked',
  'plan-failed',
  'failed-clean',
];

function listChanges({ changes = [], keep }: KeepReply, now: Date): Answer {
  const sorted = changes.toSorted((a, b) => weight(a) - weight(b) || b.changedAt.localeCompare(a.changedAt));
  const count = (states: readonly ChangeView['state'][]): number =>
    changes.filter(({ state }) => states.includes(state)).length;
  return table({
    asOf: now,
    coverage: { covered: `the newest ${listed} changes` },
    headline:
      changes.length === 0
        ? 'no change was ever proposed'
        : `${count(wrong)} in trouble, ${count(waits)} wait for a human, ${changes.length - count([...wrong, ...waits, ...over])} under way`,
    columns: ['change', 'stack', 'state', 'since', 'risk', 'what', 'by', 'set'],
    rows: sorted.map((view) => [
      view.id,
      nameCell(view.stack),
      view.queuedBehind === undefined ? view.state : `queued behind ${view.queuedBehind}`,
      agoText(view.changedAt, now),
      view.summary?.risk.level ?? 'unknown',
      view.summary === undefined ? '-' : countsText(view.summary),
      `${plainName(view.agent)} for ${plainName(view.human)}`,
      view.set,
    ]),
    total: sorted.length,
    narrow: 'one in full with id=',
    notes: [
      ...(count(waits) === 0 ? [] : [`a human decides at ${linkTo(keep, '')}; you cannot`]),
      ...(keep.foreign ?? []).map(
        ({ stack, at }) => `FOREIGN APPLY on ${plainName(stack)}, seen ${agoText(at, now)}: nobody signed it here`,
      ),
      ...keepNotes(keep, now),
    ],
  });
}

function weight({ state }: ChangeView): number {
  if (wrong.includes(state)) return 0;
  if (waits.includes(state)) return 1;
  return over.includes(state) ? 3 : 2;
}
