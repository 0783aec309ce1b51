import { readdirSync } from 'node:fs';
import { defineErrors } from '../../kit/index.ts';
import type { Authority } from '../decisions/authority.ts';
import type { LatchTable } from '../journal/latch-table.ts';

/**
 * Freezing stops every apply at once, and anybody may do it.
 *
 *  drop    any file in the freeze folder, which everybody may write to
 *  latch   the keep's own note that it saw one; taking the file away does not undo it
 *  thaw    root's word that it is over: only what froze before it was written, and only once no drop is left
 */
export interface Freeze {
  /** Looks, latches what it finds, and says since when it is frozen. */
  look(): Promise<FreezeState>;
  /** Whoever is about to change anything asks this first. Errors: `frozen`. */
  assertNotFrozen(): Promise<void>;
}

export interface FreezeState {
  readonly since: Date | undefined;
  readonly why: string | undefined;
  /** Whether a drop is still there: then a thaw would not thaw. */
  readonly dropped: boolean;
  /** Why a thaw that stands in the journal was not listened to. */
  readonly problem: string | undefined;
}

const freezeError = defineErrors({
  frozen: {
    audience: 'agent',
    meaning: 'Somebody froze the homelab: nothing is applied until a human signs the thaw.',
  },
});

const latchName = 'freeze';

export interface FreezeOptions {
  readonly folder: string;
  readonly latches: LatchTable;
  readonly authority: Pick<Authority, 'thawedAt'>;
  readonly now: () => Date;
}

export function openFreeze({ folder, latches, authority, now }: FreezeOptions): Freeze {
  const look = async (): Promise<FreezeState> => {
    const drop = findDrop(folder);
    if (drop !== undefined) await latches.shut(latchName, { since: now(), why: drop });
    const latch = await latches.get(latchName);
    if (latch === undefined) return notFrozen;
    const { value: thawed, problem } = authority.thawedAt(latch.since);
    if (drop === undefined && thawed !== undefined && thawed > latch.since) {
      await latches.open(latchName);
      return notFrozen;
    }
    return { ...latch, dropped: drop !== undefined, problem };
  };
  return {
    look,
    assertNotFrozen: async () => {
      const { since, why } = await look();
      if (since === undefined) return;
      throw freezeError('frozen', {
        message: `everything is frozen since ${since.toISOString()}: ${why}`,
        next: `a human has to thaw it: take the files out of ${folder}, then sign the thaw in the console`,
      });
    },
  };
}

const notFrozen: FreezeState = { since: undefined, why: undefined, dropped: false, problem: undefined };

/** A folder that cannot be looked into may hold anything: that freezes too. */
function findDrop(folder: string): string | undefined {
  try {
    return readdirSync(folder).length === 0 ? undefined : `a file was put into ${folder}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return `the freeze folder ${folder} cannot be looked into (${code})`;
  }
}
