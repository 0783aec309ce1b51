import type { DocumentTable, IndexView, PostingList, ShelfView } from '../postings/port.ts';

/**
 * What counts: the living documents of all shelves of a view, as if they were one collection. A document's place is its
 * number plus the sizes of the shelves before its own, so that scores of all shelves are one array.
 */
export interface Living {
  readonly shelves: readonly LivingShelf[];
  /** Places: the dead have one too. */
  readonly size: number;
  readonly count: number;
  /** Of those that have any. */
  readonly averageContent: number;
  readonly averageKeywords: number;
}

export interface LivingShelf {
  readonly view: ShelfView;
  /** The place of its document 0. */
  readonly offset: number;
  /**
   * By number: 1 or 0. A list may be newer than the table: what is past the end is not alive either. Never changed: who
   * lives is known by it (the same array, the same living).
   */
  readonly alive: Uint8Array;
}

export function livingOf(view: IndexView): Living {
  let size = 0;
  const shelves = view.shelves.map((shelf) => {
    const offset = size;
    size += shelf.documents.size;
    return { view: shelf, offset, ...censusOf(shelf) };
  });
  const sum = (value: (shelf: Census) => number): number => shelves.reduce((total, shelf) => total + value(shelf), 0);
  return {
    shelves,
    size,
    count: sum(({ count }) => count),
    averageContent:
      sum(({ contents }) => contents) /
      Math.max(
        1,
        sum(({ withContent }) => withContent),
      ),
    averageKeywords:
      sum(({ keywords }) => keywords) /
      Math.max(
        1,
        sum(({ withKeywords }) => withKeywords),
      ),
  };
}

/** The living of a shelf, counted. */
interface Census {
  readonly alive: Uint8Array;
  readonly count: number;
  /** Positions, and documents that have any. */
  readonly contents: number;
  readonly withContent: number;
  readonly keywords: number;
  readonly withKeywords: number;
}

/** By the dead: as long as nobody is added and nobody dies, they need not be counted anew. */
const counted = new WeakMap<ReadonlySet<number>, { readonly of: Float64Array; readonly census: Census }>();

function censusOf({ documents, dead }: ShelfView): Census {
  const known = counted.get(dead);
  if (known?.of === documents.items && known.census.alive.length === documents.size) return known.census;
  const census = takeCensus(documents, dead);
  counted.set(dead, { of: documents.items, census });
  return census;
}

function takeCensus({ size, contentLengths, keywordLengths }: DocumentTable, dead: ReadonlySet<number>): Census {
  const alive = new Uint8Array(size).fill(1);
  for (const number of dead) alive[number] = 0;
  let count = 0;
  let contents = 0;
  let withContent = 0;
  let keywords = 0;
  let withKeywords = 0;
  for (let number = 0; number < size; number += 1) {
    if (alive[number] === 0) continue;
    const content = contentLengths[number] as number;
    const keyword = keywordLengths[number] as number;
    count += 1;
    contents += content;
    keywords += keyword;
    if (content > 0) withContent += 1;
    if (keyword > 0) withKeywords += 1;
  }
  return { alive, count, contents, withContent, keywords, withKeywords };
}

/** Where something occurs in contents: as a posting list has it, without its positions. */
export type Occurrences = Pick<PostingList, 'length' | 'numbers' | 'starts'>;

/** How many living documents of a shelf hold it in their content. */
export function countHolding({ alive }: LivingShelf, { length, numbers, starts }: Occurrences): number {
  let holding = 0;
  for (let at = 0; at < length; at += 1) {
    if ((starts[at + 1] as number) > (starts[at] as number) && alive[numbers[at] as number] === 1) holding += 1;
  }
  return holding;
}

/** How many living documents have a term, be it in content or keywords; no more than `most` are counted. */
export function countLiving({ shelves }: Living, term: string, most: number): number {
  let living = 0;
  for (const { view, alive } of shelves) {
    const list = view.lists.get(term);
    for (let at = 0; list !== undefined && at < list.length && living < most; at += 1) {
      if (alive[list.numbers[at] as number] === 1) living += 1;
    }
  }
  return living;
}

/** The best of scores, none of which is below 0. */
export function highest(scores: Float32Array): number {
  let best = 0;
  for (let at = 0; at < scores.length; at += 1) {
    if ((scores[at] as number) > best) best = scores[at] as number;
  }
  return best;
}
