/**
 * Text that may be base64 or hex, as what it says: each run at each alignment at which bytes may begin in it. What is found in
 * a view is masked where it came from, the whole groups of digits that hold any bit of it.
 */
export interface EncodedView {
  readonly text: string;
  /** Where in the text the digits of these bytes stand. */
  range(start: number, end: number): { readonly start: number; readonly end: number };
}

/** Eight bytes, the shortest secret that is looked for anywhere. */
const base64Runs = /[A-Za-z0-9+/_-]{11,}/g;
const hexRuns = /[0-9A-Fa-f]{16,}/g;

export function* encodedViews(text: string): Iterable<EncodedView> {
  for (const { 0: run, index } of text.matchAll(base64Runs)) {
    for (let skip = 0; skip < 4 && run.length - skip >= 11; skip += 1) {
      yield {
        text: Buffer.from(run.slice(skip), 'base64').toString('latin1'),
        range: (start, end) => ({
          start: index + skip + Math.floor(start / 3) * 4,
          end: Math.min(index + run.length, index + skip + Math.ceil(end / 3) * 4),
        }),
      };
    }
  }
  for (const { 0: run, index } of text.matchAll(hexRuns)) {
    for (const skip of [0, 1]) {
      yield {
        text: Buffer.from(run.slice(skip, run.length - ((run.length - skip) % 2)), 'hex').toString('latin1'),
        range: (start, end) => ({ start: index + skip + start * 2, end: index + skip + end * 2 }),
      };
    }
  }
}
