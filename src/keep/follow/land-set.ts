import { CastellanError } from '../../kit/index.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { FollowParts, Progress } from './parts.ts';
import { supersedeReverted } from './watch-change.ts';

/**
 * Brings a set that is applied and verified into the repository: its changes share one commit, and are landed together or not yet.
 * What fails is tried again, later each time, and at every start of a keep; landing what is there already changes nothing.
 */
const minute = 60_000;
const waitsMs = [minute, 5 * minute, 15 * minute, 60 * minute] as const;

/** When the landing of a set may be tried again. Kept in memory alone: a keep that starts tries at once. */
export interface LandingTimes {
  isDue(set: string, now: Date): boolean;
  failed(set: string, now: Date): void;
  done(set: string): void;
}

export function createLandingTimes(): LandingTimes {
  const tried = new Map<string, { readonly times: number; readonly next: number }>();
  return {
    isDue: (set, now) => now.getTime() >= (tried.get(set)?.next ?? 0),
    failed: (set, now) => {
      const times = tried.get(set)?.times ?? 0;
      const wait = waitsMs[Math.min(times, waitsMs.length - 1)] ?? minute;
      tried.set(set, { times: times + 1, next: now.getTime() + wait });
    },
    done: (set) => {
      tried.delete(set);
    },
  };
}

export async function landSet(
  changes: readonly StoredChange[],
  times: LandingTimes,
  parts: FollowParts,
): Promise<Progress> {
  const { now, log, notifier } = parts;
  const [first] = changes;
  const set = first?.view.set ?? '';
  if (!times.isDue(set, now())) return 'rest';
  for (const change of changes) await supersedeReverted(change, parts);
  const waiting = changes.filter(({ view }) => view.state === 'verified' || view.state === 'landing-failed');
  let landedAs: string;
  try {
    landedAs = await land(changes, parts);
  } catch (error) {
    const why = reasonOf(error);
    log.error({ err: error, set }, 'set.landing.failed');
    for (const { view } of waiting) {
      if (view.state === 'verified') await parts.changes.move(view.id, 'landing-failed', 'applier', { view: { why } });
      else if (view.why !== why) await parts.changes.note(view.id, { view: { why } });
    }
    times.failed(set, now());
    if (waiting.every(({ view }) => view.state === 'verified')) {
      notifier.tell({ what: 'landing-failed', id: set, urgent: false });
    }
    return 'rest';
  }
  for (const { view } of waiting) {
    await parts.changes.move(view.id, 'landed', 'applier', { view: { landedAs, why: undefined } });
  }
  times.done(set);
  log.info({ set, commit: landedAs }, 'set.landed');
  notifier.tell({ what: 'applied', id: set, urgent: false });
  return 'on';
}

/** Gives the commit that is on the branch now. Where each change of a set has a commit of its own, they hold the same tree. */
async function land(changes: readonly StoredChange[], { landing }: FollowParts): Promise<string> {
  const applied = changes.filter(({ view }) => view.state !== 'no-changes');
  const [first, ...others] = applied;
  if (first === undefined || others.some(({ facts }) => facts.tree !== first.facts.tree)) {
    throw new Error('the changes of a set are not of one tree');
  }
  // A revert plans what is in the repository already.
  if (first.facts.tree === first.facts.baseTree) return first.facts.base;
  const commits = new Map<string, string>();
  for (const { view, facts } of applied) {
    // What was signed is what is landed, whatever else its row says.
    const signed = facts.document?.repository.commit;
    if (signed === undefined || facts.commit !== signed)
      throw new Error(`the commit of ${view.id} is not the signed one`);
    if (!commits.has(signed)) commits.set(signed, view.id);
  }
  let landedAs = first.facts.base;
  for (const [commit, change] of commits) landedAs = await landing.land(change, commit);
  return landedAs;
}

function reasonOf(error: unknown): string {
  return error instanceof CastellanError
    ? `it is applied and could not be landed: ${error.message}`
    : 'it is applied and could not be landed: a fault of the keep, whose log has more';
}
