/**
 * What one question may cost. Steps are of about one size: a field that is compared, a reference that is followed; a line of a stack
 * that is worked out is many. A source can be made to say little at great length, and to say the same a great many times over.
 */
export interface Work {
  /** Errors: TooMuchWorkError. */
  spend(steps: number): void;
}

export class TooMuchWorkError extends Error {}

export interface WorkLimits {
  readonly steps: number;
  /** Milliseconds from any beginning. */
  readonly now: () => number;
  readonly milliseconds: number;
}

/** The clock is asked every so many steps. */
const between = 2_000;

export function openWork({ steps, now, milliseconds }: WorkLimits): Work {
  const until = now() + milliseconds;
  let left = steps;
  let next = left;
  return {
    spend: (some) => {
      left -= some;
      if (left < 0) throw new TooMuchWorkError('more steps than an edit may cost');
      if (left > next) return;
      next = left - between;
      if (now() > until) throw new TooMuchWorkError('more time than an edit may take');
    },
  };
}
