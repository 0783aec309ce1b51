import { z } from 'zod';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { changeId, setId } from '../../src/change/wire/change.ts';
import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import type { KeepReply } from '../../src/change/wire/protocol.ts';
import { type RequestView, requestId } from '../../src/change/wire/secret.ts';
import { type Answer, type Cell, table, toolsFor, Untrusted } from '../../src/kit/index.ts';
import { changeAnswer } from './change-answer.ts';
import { fields } from './fields.ts';
import { changesOf, followChanges } from './follow-change.ts';
import { countsText } from './plan-headline.ts';
import type { IacPorts } from './port.ts';
import { requestAnswer, wishText } from './request-answer.ts';
import { followRequest, requestsBeside } from './requests.ts';
import { agoText, askerCell, keepNotes, nameCell, plainName } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

const listed = 50;

export const status = defineTool({
  name: 'change_status',
  title: 'Where a change is',
  description:
    'Where a proposed change or a secret_request is: waiting for a human, being applied, verified, landed, done, or why not; ' +
    'with the words of who rejected it. Without id: all of them, those that wait or went wrong first. wait looks until it moves.',
  effect: 'read',
  searchHint: 'approval pending waiting approved rejected applied queue history proposals',
  input: z.strictObject({
    id: z.union([changeId, setId, requestId]).optional().describe('chg_…, set_… or req_…'),
    wait: fields.wait,
    budget: fields.budget,
  }),
  async run({ id, wait }, { ports: { keep }, signal, now, progress, room }) {
    if (id === undefined) {
      const changes = await keep.ask({ verb: 'status', of: 'changes', limit: listed }, signal);
      return listOpen(changes, await requestsBeside(keep, listed, signal), now());
    }
    const until = performance.now() + (wait ?? 0) * 1_000;
    if (requestId.safeParse(id).success) {
      const followed = await followRequest(id, { keep, until, signal, progress });
      return requestAnswer({ ...followed, now: now() });
    }
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

interface Listed {
  readonly weight: number;
  readonly changedAt: string;
  readonly cells: readonly Cell[];
}

function listOpen(
  { changes = [], keep }: KeepReply,
  beside: Awaited<ReturnType<typeof requestsBeside>>,
  now: Date,
): Answer {
  const { requests, why } = beside;
  const sorted = [
    ...changes.map((view) => changeRow(view, now)),
    ...requests.map((view) => requestRow(view, now)),
  ].toSorted((a, b) => a.weight - b.weight || b.changedAt.localeCompare(a.changedAt));
  const count = (most: number): number => sorted.filter(({ weight }) => weight === most).length;
  return table({
    asOf: now,
    coverage: {
      covered: `the newest ${listed} changes, and as many requests for secrets`,
      missing: why === undefined ? [] : [{ what: 'requests for secrets', why }],
    },
    headline:
      sorted.length === 0
        ? 'no change was ever proposed'
        : `${count(0)} in trouble, ${count(1)} wait for a human, ${count(2)} under way`,
    columns: ['change', 'stack', 'state', 'since', 'risk', 'what', 'by', 'set'],
    rows: sorted.map(({ cells }) => cells),
    total: sorted.length,
    narrow: 'one in full with id=',
    notes: [
      ...(count(1) === 0 ? [] : [`a human decides at ${placeToDecide(keep, '')}; you cannot`]),
      ...(keep.foreign ?? []).map(
        ({ stack, at }) => `FOREIGN APPLY on ${plainName(stack)}, seen ${agoText(at, now)}: nobody signed it here`,
      ),
      ...keepNotes(keep, now),
    ],
  });
}

function changeRow(view: ChangeView, now: Date): Listed {
  const cells = [
    view.id,
    nameCell(view.stack),
    view.queuedBehind === undefined ? view.state : `queued behind ${view.queuedBehind}`,
    agoText(view.changedAt, now),
    view.summary?.risk.level ?? 'unknown',
    view.summary === undefined ? '-' : countsText(view.summary),
    askerCell(view),
    view.set,
  ];
  return { weight: weight(view), changedAt: view.changedAt, cells };
}

function requestRow(view: RequestView, now: Date): Listed {
  const { id, state, changedAt } = view;
  const cells = [
    id,
    null,
    state,
    agoText(changedAt, now),
    null,
    Untrusted.byAgent(wishText(view.wish)),
    askerCell(view),
    null,
  ];
  return { weight: requestWeight[state], changedAt, cells };
}

const requestWeight: Readonly<Record<RequestView['state'], number>> = {
  failed: 0,
  waiting: 1,
  signed: 2,
  done: 3,
  rejected: 3,
  expired: 3,
  withdrawn: 3,
};

function weight({ state }: ChangeView): number {
  if (wrong.includes(state)) return 0;
  if (waits.includes(state)) return 1;
  return over.includes(state) ? 3 : 2;
}
