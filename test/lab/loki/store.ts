import { type Labels, renderLabels, sortedLabels } from './labels.ts';
import type { LabelMatcher } from './logql/syntax.ts';

export interface Entry {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly line: string;
}

export interface Stream {
  readonly labels: Labels;
  /** Oldest first. */
  readonly entries: readonly Entry[];
}

/** Every line that was pushed, in memory. */
export class LogStore {
  readonly #streams = new Map<string, { labels: Labels; entries: Entry[] }>();

  push(labels: Labels, entries: readonly Entry[]): void {
    const key = renderLabels(labels);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { labels: sortedLabels(labels), entries: [] };
      this.#streams.set(key, stream);
    }
    for (const entry of entries) insert(stream.entries, entry);
  }

  /** The streams that fit, in the order of their labels. */
  streams(matchers: readonly LabelMatcher[]): readonly Stream[] {
    return [...this.#streams]
      .filter(([, { labels }]) => matchers.every(({ name, fits }) => fits(labels[name] ?? '')))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, stream]) => stream);
  }
}

/** Keeps the order; the same line at the same moment is taken once. */
function insert(entries: Entry[], entry: Entry): void {
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.time ?? 0n) > entry.time) at -= 1;
  for (let same = at - 1; same >= 0 && entries[same]?.time === entry.time; same--) {
    if (entries[same]?.line === entry.line) return;
  }
  entries.splice(at, 0, entry);
}

/** What lies in `[from, to)` of a list that is oldest first. */
export function between<T extends { readonly time: bigint }>(
  items: readonly T[],
  from: bigint,
  to: bigint,
): readonly T[] {
  return items.slice(firstNotBefore(items, from), firstNotBefore(items, to));
}

function firstNotBefore(items: readonly { readonly time: bigint }[], time: bigint): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.time ?? 0n) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
