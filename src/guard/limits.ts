/**
 * What one command may cost. The client lets a command run whose hook is too slow, so what is over a limit is not read: it
 * is stopped if it names a guarded program.
 */
export const limits = {
  /** Characters of the command. One word that Linux gives a program is 131,072 bytes at most. */
  command: 250_000,
  /** Bytes of the hook's whole input. */
  input: 8_000_000,
  /** Brackets in brackets, of any kind. */
  nesting: 60,
  /** Scripts that run scripts. */
  scripts: 24,
  commands: 20_000,
  words: 50_000,
  /** Steps: a look at the text, or a character of what is put together from it. All of them take about a quarter of a second. */
  work: 2_000_000,
} as const;

/** Counts the steps of one command; all that reads it or runs it in thought draws on the same. */
export class Meter {
  steps = 0;

  /** @throws RangeError when the work is too much. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > limits.work) throw new RangeError('too much work');
  }
}
