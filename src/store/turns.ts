/** One piece of work at a time, in the order it was asked for; a failed piece does not stop the next. */
export interface Turns {
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: (work) => {
      const turn = last.then(work);
      // Whoever took the turn sees its failure; those behind only wait for its end.
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
