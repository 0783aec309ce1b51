import type { ShelfView } from '../postings/port.ts';
import { b, inverseFrequency, k1 } from './bm25.ts';
import { highest, type Living, type LivingShelf } from './living.ts';

/**
 * Documents that belong together, each group taken as one long document: the entries of a session, the sections of a file.
 * A group lies within one shelf, so nobody's session is moved by another's of the same name.
 */
export interface Grouped {
  /** By shelf, in the order of the living: what is added to a group's own number there. */
  readonly offsets: readonly number[];
  readonly groupings: readonly Grouping[];
  /** Over all shelves. */
  readonly size: number;
  /** Living documents. */
  readonly members: Uint32Array;
  /** In positions. */
  readonly lengths: Float64Array;
  /** Groups that have a living document, and how long they are on average. */
  readonly count: number;
  readonly averageLength: number;
}

export interface Grouping {
  /** Which group a document is in: by its number, −1 for none. */
  readonly of: Int32Array;
  readonly names: readonly string[];
}

export function bySession({ documents }: ShelfView): Grouping {
  return { of: documents.sessions, names: documents.sessionNames };
}

export function grouped({ shelves }: Living, groupingOf: (shelf: ShelfView) => Grouping): Grouped {
  const groupings = shelves.map(({ view }) => groupingOf(view));
  let size = 0;
  const offsets = groupings.map(({ names }) => {
    const offset = size;
    size += names.length;
    return offset;
  });
  const members = new Uint32Array(size);
  const lengths = new Float64Array(size);
  for (const [index, shelf] of shelves.entries()) {
    const grouping = groupings[index] as Grouping;
    const own = groupingOf === bySession ? sessionsOf(shelf, grouping) : countMembers(shelf, grouping);
    members.set(own.members, offsets[index]);
    lengths.set(own.lengths, offsets[index]);
  }
  let count = 0;
  let length = 0;
  for (let group = 0; group < size; group += 1) {
    if (members[group] !== 0) count += 1;
    length += lengths[group] as number;
  }
  return { offsets, groupings, size, members, lengths, count, averageLength: Math.max(1, length / count) };
}

type Members = Pick<Grouped, 'members' | 'lengths'>;

/** By who lives: sessions are counted anew only when somebody was added or died. */
const sessions = new WeakMap<Uint8Array, Members>();

function sessionsOf(shelf: LivingShelf, grouping: Grouping): Members {
  const known = sessions.get(shelf.alive) ?? countMembers(shelf, grouping);
  sessions.set(shelf.alive, known);
  return known;
}

function countMembers({ view, alive }: LivingShelf, { of, names }: Grouping): Members {
  const { contentLengths } = view.documents;
  const members = new Uint32Array(names.length);
  const lengths = new Float64Array(names.length);
  for (let number = 0; number < alive.length; number += 1) {
    const group = of[number] as number;
    if (group < 0 || alive[number] === 0) continue;
    members[group] = (members[group] as number) + 1;
    lengths[group] = (lengths[group] as number) + (contentLengths[number] as number);
  }
  return { members, lengths };
}

/** How well each group answers as a whole, by BM25 of its contents: 1 for the best. */
export function groupFit(
  living: Living,
  groups: Grouped,
  terms: readonly { readonly term: string; readonly weight: number }[],
): Float32Array {
  const scores = new Float32Array(groups.size);
  const times = new Uint32Array(groups.size);
  for (const { term, weight } of terms) {
    times.fill(0);
    count(living, groups, term, times);
    addScores(groups, times, weight, scores);
  }
  const best = highest(scores);
  if (best > 0) for (let group = 0; group < scores.length; group += 1) scores[group] = (scores[group] as number) / best;
  return scores;
}

function count({ shelves }: Living, { groupings, offsets }: Grouped, term: string, times: Uint32Array): void {
  for (const [index, { view, alive }] of shelves.entries()) {
    const list = view.lists.get(term);
    if (list === undefined) continue;
    const { length, numbers, starts } = list;
    const { of } = groupings[index] as Grouping;
    const offset = offsets[index] as number;
    for (let at = 0; at < length; at += 1) {
      const number = numbers[at] as number;
      const group = of[number] as number;
      if (alive[number] !== 1 || group < 0) continue;
      times[offset + group] = (times[offset + group] as number) + (starts[at + 1] as number) - (starts[at] as number);
    }
  }
}

function addScores(groups: Grouped, times: Uint32Array, weight: number, scores: Float32Array): void {
  let holding = 0;
  for (let group = 0; group < times.length; group += 1) if (times[group] !== 0) holding += 1;
  const gain = weight * inverseFrequency(groups.count, holding) * (k1 + 1);
  const flat = k1 * (1 - b);
  const slope = (k1 * b) / groups.averageLength;
  for (let group = 0; group < times.length; group += 1) {
    const often = times[group] as number;
    if (often === 0) continue;
    scores[group] =
      (scores[group] as number) + (gain * often) / (often + flat + slope * (groups.lengths[group] as number));
  }
}
