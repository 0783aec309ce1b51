import { holdingStates, isOver } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { createTurns } from '../../store/turns.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Requester } from '../journal/quota-table.ts';
import { runError } from '../runs/errors.ts';
import { within } from '../runs/waiting.ts';
import { type Board, openBoard, type Steps, unknown } from './board.ts';
import { endSet, expireIfDue } from './ending.ts';
import { changeError } from './errors.ts';
import { movedSince } from './freshness.ts';
import type { ChangesInside } from './inside.ts';
import type { ChangesOptions } from './options.ts';
import type { ChangeProposal } from './port.ts';
import { assertNotRejected, assertRoom, type Prepared, prepare, sameIn } from './proposing.ts';
import { advanceQueue } from './queue.ts';
import { finishEnd, supersede, tidyLeases, tidyUp } from './restart.ts';
import { hasBegun, pendingOf } from './sets.ts';
import { documentsIn, signSet } from './signing.ts';
import { createWorkers } from './working.ts';

/**
 * Changes, from a proposal to an approved set; src/change/life/states.ts has their life. The journal holds all of it: what is in
 * memory here is who works on what, and who waits to hear of it.
 */
export async function openChanges(options: ChangesOptions): Promise<ChangesInside> {
  const { journal, log, now, authority } = options;
  /** Trees are read one proposal at a time: nobody fills the keep's memory by asking often. */
  const preparing = createTurns();
  const background = new Set<Promise<void>>();
  let stopping = false;

  const inBackground = (what: string, job: () => Promise<void>): void => {
    const done = job()
      .catch((error: unknown) => log.error({ err: error }, `changes.${what}.failed`))
      .finally(() => background.delete(done));
    background.add(done);
  };

  const board: Board = await openBoard({
    journal,
    sealed: options.sealed,
    redactor: options.redactor,
    approvalHours: options.config.approval.hours,
    now,
    log,
    onStep: (change) => workers.onStep(change),
    onFree: () => inBackground('queue', advance),
  });
  const workers = createWorkers(() => board, options);

  const advance = async (): Promise<void> => {
    if (stopping) return;
    await board.take(async (steps) => {
      for (const set of await advanceQueue(steps, board, journal.leases, now())) workers.begin(set);
    });
  };

  const lookForConsent = (): void => {
    const given = board
      .open()
      .filter(({ view, facts }) => view.state === 'needs-consent' && hasConsent(facts.consent?.digest));
    if (given.length > 0 && !stopping) inBackground('consent', () => goOnWith(given));
  };
  const hasConsent = (digest: string | undefined): boolean =>
    digest !== undefined && authority.hasConsent(digest).value;

  const goOnWith = (given: readonly StoredChange[]): Promise<void> =>
    board.take(async (steps) => {
      const moved: StoredChange[] = [];
      for (const { view } of given) {
        const { view: at } = await board.get(view.id);
        if (at.state === 'needs-consent') moved.push(await steps.move(view.id, 'planning', 'signature'));
      }
      for (const set of Map.groupBy(moved, ({ view }) => view.set).values()) workers.goOn(set);
    });

  /** What time and the world did to a set while it waited. */
  const freshen = async (id: string): Promise<void> => {
    if (await board.take((steps) => expireIfDue(steps, board, id, now()))) return;
    const set = await board.ofSet(id);
    if (hasBegun(set)) return;
    for (const change of pendingOf(set)) {
      const { state } = change.view;
      if (state === 'draft' || state === 'scanning' || state === 'planning') continue;
      const why = await movedSince(change, options);
      if (why === undefined) continue;
      await board.take(async (steps) => {
        // Meanwhile it may have begun, or have been planned again.
        const [after, { view }] = [await board.ofSet(id), await board.get(change.view.id)];
        if (hasBegun(after) || view.attempt !== change.view.attempt) return;
        await endSet(steps, board, id, 'stale', { why });
      });
      return;
    }
  };

  const watch = async (): Promise<void> => {
    for (const set of new Set(board.open().map(({ view }) => view.set))) {
      if (stopping) return;
      await freshen(set).catch((error: unknown) => log.error({ err: error, set }, 'changes.watch.failed'));
    }
    await board.take(async (steps) => {
      for (const set of new Set(board.open().map(({ view }) => view.set))) await finishEnd(steps, board, set);
      await tidyLeases(steps, board, options);
      for (const { view } of board.open()) {
        if ((view.state !== 'scanning' && view.state !== 'planning') || workers.has(view.id)) continue;
        await endSet(steps, board, view.set, 'stale', { why: 'the work on it broke off: propose it again' });
      }
    });
    await advance();
  };

  await board.take((steps) => tidyUp(steps, board, options));
  const timers = [
    setInterval(lookForConsent, options.consentEveryMs ?? 2_000).unref(),
    setInterval(() => inBackground('watch', watch), options.lookEveryMs ?? 60_000).unref(),
  ];
  await advance();

  const setOf = async (id: string): Promise<readonly StoredChange[]> => {
    const set = await board.ofSet(id.startsWith('set_') ? id : (await board.get(id)).view.set);
    if (set.length === 0) throw unknown(id);
    return set;
  };
  const viewsOf = async (set: string): Promise<readonly ChangeView[]> =>
    (await board.ofSet(set)).map(({ view }) => view);

  const begin = async (steps: Steps, { drafts, findings }: Prepared): Promise<void> => {
    await steps.add(drafts);
    if (findings.length === 0) return;
    const why = findings.map(({ message }) => message).join('; ');
    for (const { view } of drafts) {
      await steps.move(view.id, 'blocked', 'keep', { view: { findings: [...findings], why } });
    }
  };

  const assertServing = (): void => {
    if (!stopping) return;
    throw runError('keep-stopping', { message: 'the keep is being stopped', next: 'ask again when it is back' });
  };

  const propose = async (proposal: ChangeProposal, by: Requester): Promise<readonly ChangeView[]> => {
    assertServing();
    const revised = proposal.revises === undefined ? undefined : await revisable(proposal.revises, by);
    const prepared = await preparing.take(() => prepare(proposal, by, undefined, options));
    const set = await board.take(async (steps) => {
      assertServing();
      const open = board.open();
      const same = sameIn(open, prepared.drafts, revised);
      if (same !== undefined) return same;
      if (proposal.revises !== undefined) await revisable(proposal.revises, by);
      await assertNotRejected(prepared.drafts, options);
      await assertRoom(open, by, revised, options);
      await begin(steps, prepared);
      const id = prepared.drafts[0]?.view.set ?? '';
      if (proposal.revises !== undefined) await supersede(steps, board, proposal.revises, id);
      return id;
    });
    await advance();
    return viewsOf(set);
  };

  /** Its set, which is not begun. Errors: `change-unknown`, `change-foreign`, `change-past-recall`. */
  const revisable = async (id: string, by: Requester): Promise<string> => {
    const { view } = await board.get(id);
    assertOwn(view, by);
    if (hasBegun(await board.ofSet(view.set))) throw pastRecall(view.set);
    return view.set;
  };

  const revert = async (id: string, by: Requester): Promise<readonly ChangeView[]> => {
    assertServing();
    const { view: reverted } = await board.get(id);
    const prepared = await preparing.take(() => prepare(revertOf(reverted), by, id, options));
    const set = await board.take(async (steps) => {
      const { view } = await board.get(id);
      if (!revertible.has(view.state)) throw notRevertible(`${id} is ${view.state}`);
      const earlier = view.revertedBy === undefined ? undefined : (await board.get(view.revertedBy)).view;
      if (earlier !== undefined && !isOver(earlier.state)) return earlier.set;
      await begin(steps, prepared);
      const [draft] = prepared.drafts;
      if (draft === undefined) throw notRevertible(`${id} has no stack`);
      await steps.note(id, { view: { revertedBy: draft.view.id } });
      return draft.view.set;
    });
    await advance();
    return viewsOf(set);
  };

  return {
    propose,
    revert,

    withdraw: async (id, by) => {
      const [first, ...others] = await setOf(id);
      if (first === undefined) throw unknown(id);
      const { set } = first.view;
      for (const { view } of [first, ...others]) assertOwn(view, by);
      await board.take(async (steps) => {
        if (hasBegun(await board.ofSet(set))) throw pastRecall(set);
        await endSet(steps, board, set, 'withdrawn', {});
      });
      return viewsOf(set);
    },

    reject: async (id, approver, words) => {
      const [first] = await setOf(id);
      const set = first?.view.set ?? id;
      await board.take(async (steps) => {
        const done = await endSet(steps, board, set, 'rejected', { words, why: `rejected by ${approver}` });
        if (!done) throw pastRecall(set);
      });
      return viewsOf(set);
    },

    status: async (id, waitMs, signal) => {
      const isSet = id.startsWith('set_');
      const [first] = await setOf(id);
      await board.take((steps) => expireIfDue(steps, board, first?.view.set ?? id, now()));
      const look = async (): Promise<readonly ChangeView[]> =>
        (isSet ? await setOf(id) : [await board.get(id)]).map(({ view }) => view);
      const until = performance.now() + waitMs;
      let changed = board.changed();
      const before = await look();
      let views = before;
      const stood = (now: readonly ChangeView[]): boolean =>
        now.every(({ state, attempt }, at) => before[at]?.state === state && before[at]?.attempt === attempt);
      while (stood(views) && !views.every(({ state }) => isOver(state))) {
        const left = until - performance.now();
        if (left <= 0 || signal?.aborted === true || stopping) break;
        await within(changed, left, signal);
        changed = board.changed();
        views = await look();
      }
      return views;
    },

    latest: async (limit, onlyOpen) => {
      if (onlyOpen !== true) return (await journal.changes.latest(limit)).map(({ view }) => view);
      const sets = [...Map.groupBy(board.open(), ({ view }) => view.set).values()].toReversed();
      return sets
        .flat()
        .slice(0, limit)
        .map(({ view }) => view);
    },

    openChangeOf: (stack) => {
      const open = board
        .open()
        .map(({ view }) => view)
        .filter((view) => view.stack === stack);
      return open.find(({ state }) => holdingStates.includes(state)) ?? open[0];
    },

    documentsOf: async (id, kind) => {
      const [first] = await setOf(id);
      await freshen(first?.view.set ?? id);
      return documentsIn(await setOf(id), kind);
    },

    approve: async (id, verified, signed) => {
      const [first] = await setOf(id);
      const set = first?.view.set ?? id;
      await freshen(set);
      const isApproved = await board.take(async (steps) => {
        await expireIfDue(steps, board, set, now());
        return signSet(steps, await board.ofSet(set), verified, signed, options);
      });
      if (verified.document.kind === 'break-glass') {
        log.warn({ set, approver: verified.approver.name }, 'glass.broken');
        options.notifier.tell({ what: 'break-glass', id: set, urgent: true });
      }
      if (isApproved) options.onApproved(set);
      return viewsOf(set);
    },

    consentOf: async (id) => {
      const { view, facts } = await board.get(id);
      return view.state === 'needs-consent' ? facts.consent : undefined;
    },
    consented: lookForConsent,

    stored: board.get,
    ofSet: board.ofSet,
    open: async () => board.open(),
    move: board.move,
    note: board.note,
    replan: workers.replan,
    giveBack: (stack, change) => board.take((steps) => steps.giveBack(stack, change)),
    changed: board.changed,

    [Symbol.asyncDispose]: async () => {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      await board.take(async () => undefined);
      await workers.stop();
      await Promise.allSettled(background);
    },
  };
}

const revertible: ReadonlySet<ChangeView['state']> = new Set([
  'failed-expectation',
  'partially-applied',
  'interrupted',
]);

/** What was applied is not landed: the trusted base is what was before it. */
function revertOf({ id, stack, incident }: ChangeView): ChangeProposal {
  const reason = `brings ${stack} back to the trusted base, after ${id}`;
  return { stacks: [stack], patch: undefined, ref: undefined, reason, expect: [], revises: undefined, incident };
}

function assertOwn(view: ChangeView, by: Requester): void {
  if (view.agent === by.agent) return;
  throw changeError('change-foreign', {
    message: `${view.id} was proposed by another agent`,
    next: 'leave it to that agent, or to a human',
  });
}

function pastRecall(set: string): Error {
  return changeError('change-past-recall', {
    message: `${set} is being applied, or is over`,
    next: 'ask for its status; what was applied and failed can be reverted',
  });
}

function notRevertible(why: string): Error {
  return changeError('change-not-revertible', {
    message: `it cannot be reverted: ${why}`,
    next: 'propose a change that brings back what was before',
  });
}
