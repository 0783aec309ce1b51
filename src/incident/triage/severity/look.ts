import type { Sight } from '../sight.ts';

/**
 * How one condition of the rubric is looked at. It holds or not; what it could not see is in the snapshot's `unread`, which
 * keeps the whole from being called well.
 */
export interface Look {
  readonly holds: boolean;
  /** What was counted: our words. */
  readonly why: string;
  /** Worst first. */
  readonly objects: readonly string[];
  /** Of one that does not hold: what would make it hold. Absent: nothing there comes near it. */
  readonly needs?: string | undefined;
}

export type Predicate<Condition> = (sight: Sight, condition: Condition) => Look;

export function holds(why: string, objects: readonly string[]): Look {
  return { holds: true, why, objects: [...new Set(objects)] };
}

export function not(needs?: string): Look {
  return { holds: false, why: '', objects: [], needs };
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
