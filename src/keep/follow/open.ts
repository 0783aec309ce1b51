import { isOver } from '../../change/life/states.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { applyChange, interrupt } from './apply-change.ts';
import { createLandingTimes, landSet } from './land-set.ts';
import { type NextStep, nextStep } from './next-step.ts';
import type { FollowParts, Progress } from './parts.ts';
import { revertChange, watchChange } from './watch-change.ts';
import { begunText, stoppedText } from './words.ts';

/**
 * What happens to a set once it is approved: applied change by change, watched, landed. Sets go on side by side, for no two of them
 * hold the same stack; within a set everything is done in its order, and nothing twice (next-step.ts decides, from the journal).
 */
export interface FollowThrough extends AsyncDisposable {
  /** A set may have been approved, or something it waits for may have come. */
  wake(): void;
  /** Once nothing is being done any more. */
  idle(): Promise<void>;
}

export interface FollowOptions extends FollowParts {
  /** How often it looks by itself, for a thaw, or a landing that is due. */
  readonly lookEveryMs?: number;
}

/**
 * Whatever an earlier keep left in the middle of an apply is interrupted before this resolves; then it goes on by itself.
 * Errors: those of the journal.
 */
export async function openFollowThrough(options: FollowOptions): Promise<FollowThrough> {
  const { changes, journal, log, lookEveryMs = 30_000, ...rest } = options;
  const parts: FollowParts = { changes, journal, log, ...rest };
  const closing = new AbortController();
  const { signal } = closing;
  const landings = createLandingTimes();
  /** A revert that could not be planned is not tried again by this keep. */
  const reverted = new Set<string>();
  const running = new Map<string, { again: boolean; readonly done: Promise<void> }>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  const take = async (step: NextStep, set: readonly StoredChange[]): Promise<Progress> => {
    switch (step.do) {
      case 'interrupt':
        await interruptLeft(step.change, parts);
        return 'on';
      case 'watch':
        return watchChange(step.change, parts, signal);
      case 'stop':
        await stopSet(step, set, parts);
        return 'on';
      case 'revert': {
        const { id } = step.change.view;
        if (reverted.has(id)) return 'rest';
        reverted.add(id);
        return revertChange(step.change, parts);
      }
      case 'apply':
        return applyChange(step.change, step.earlier, parts, signal);
      case 'land':
        return landSet(step.changes, landings, parts);
      case 'nothing':
        return 'rest';
    }
  };

  const follow = async (set: string): Promise<void> => {
    let progress: Progress = 'on';
    while (progress === 'on' && !signal.aborted) {
      const all = await changes.ofSet(set);
      progress = await take(nextStep(all), all);
    }
  };

  const begin = (set: string): void => {
    const under = running.get(set);
    if (under !== undefined) {
      under.again = true;
      return;
    }
    const done = follow(set)
      // Where it stands is written down, and the next look goes on from there.
      .catch((error: unknown) => log.error({ err: error, set }, 'follow.fault'))
      .finally(() => {
        const again = running.get(set)?.again === true;
        running.delete(set);
        if (again && !signal.aborted) begin(set);
      });
    running.set(set, { again: false, done });
  };

  const look = async (): Promise<void> => {
    lookAgain = false;
    const sets = new Set((await changes.open()).map(({ view }) => view.set));
    if (!signal.aborted) for (const set of sets) begin(set);
  };

  const wake = (): void => {
    if (signal.aborted) return;
    lookAgain = true;
    looking ??= look()
      .catch((error: unknown) => log.error({ err: error }, 'follow.look.failed'))
      .finally(() => {
        looking = undefined;
        // Somebody called while the last look was ending.
        if (lookAgain) wake();
      });
  };

  const idle = async (): Promise<void> => {
    while (looking !== undefined || running.size > 0) {
      await looking;
      await Promise.all([...running.values()].map(({ done }) => done));
    }
  };

  await recover(parts);
  const timer = setInterval(wake, lookEveryMs).unref();
  wake();
  return {
    wake,
    idle,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      closing.abort(new Error('the keep is being stopped'));
      await idle();
    },
  };
}

/** Before anybody is listened to: what was in the middle of an apply, and leases that outlived their changes. */
async function recover(parts: FollowParts): Promise<void> {
  const { changes, journal, log } = parts;
  for (const change of await changes.open()) {
    if (change.view.state === 'applying') await interruptLeft(change, parts);
  }
  for (const { stack, change } of await journal.leases.all()) {
    const { state } = (await changes.stored(change)).view;
    if (state === 'interrupted' || !(isOver(state) || state === 'failed-expectation')) continue;
    log.warn({ stack, change, state }, 'follow.lease.left');
    await changes.giveBack(stack, change);
  }
}

/** Nobody applies it any more, and nobody saw how far it came. */
async function interruptLeft({ view }: StoredChange, parts: FollowParts): Promise<void> {
  const steps = await parts.journal.steps.of(view.id, view.attempt);
  await interrupt(view.id, `the keep ended during the apply; ${begunText(steps)}`, parts, {}, 'keep');
}

/** Nothing more of the set is begun. What is applied of it stays, is told, and holds its stacks no longer. */
async function stopSet(
  { rest, at }: Extract<NextStep, { do: 'stop' }>,
  set: readonly StoredChange[],
  { changes, log }: FollowParts,
): Promise<void> {
  const why = stoppedText(set, at);
  log.warn({ set: at.view.set, at: at.view.id, state: at.view.state }, 'set.stopped');
  for (const { view } of rest) {
    if (view.state === 'approved') await changes.move(view.id, 'stale', 'keep', { view: { why } });
    else {
      await changes.giveBack(view.stack, view.id);
      await changes.note(view.id, { view: { why } });
    }
  }
}
