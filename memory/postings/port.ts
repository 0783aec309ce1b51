import type { Queryable } from '../../src/store/database.ts';
import type { Analysed } from '../text/analyse.ts';

/**
 * The lexical index in the database. Documents get ascending numbers within their shelf; what is behind a number never
 * changes but that it dies, so a process keeps what it has read and asks for what is new.
 */
export interface Postings {
  /**
   * Locks the rows of these shelves until the transaction ends. For a transaction that writes to several: one that takes
   * them one by one may meet another that takes them the other way round.
   */
  lock(transaction: Queryable, shelves: readonly number[]): Promise<void>;
  /** Locks the shelf's row until the transaction ends; numbers follow the order given. Several at once cost far less than one by one. An item whose document lives must be retired first. */
  add(transaction: Queryable, shelf: number, documents: readonly NewDocument[]): Promise<readonly number[]>;
  /** They die; unknown items are passed over. */
  retire(transaction: Queryable, shelf: number, items: readonly number[]): Promise<void>;
  /** Everything the ranker needs of these shelves for these terms, as of one moment. */
  view(shelves: readonly number[], terms: readonly string[]): Promise<IndexView>;
  /** Words of these shelves that are like this one: at least .35 of the trigrams, no more than two characters longer or shorter; best first. */
  like(
    shelves: readonly number[],
    word: string,
    most: number,
  ): Promise<readonly { readonly term: string; readonly likeness: number }[]>;
  /**
   * Rewrites a shelf whose dead are more than a fifth and 256. True when it did. `force`: however few they are, for no word of what was
   * removed for ever may stay.
   */
  compact(shelf: number, options?: { readonly force?: boolean }): Promise<boolean>;
}

export interface NewDocument {
  readonly item: number;
  readonly content: Analysed;
  readonly keywords: Analysed;
  readonly session?: string;
  readonly seq?: number;
}

export interface IndexView {
  readonly shelves: readonly ShelfView[];
}

export interface ShelfView {
  readonly shelf: number;
  readonly documents: DocumentTable;
  /** Numbers of the dead. */
  readonly dead: ReadonlySet<number>;
  /** Terms that do not occur are absent. Lists hold the dead too. */
  readonly lists: ReadonlyMap<string, PostingList>;
}

/** By number. Longer than `size` inside: read no further. */
export interface DocumentTable {
  readonly size: number;
  readonly items: Float64Array;
  readonly contentLengths: Uint16Array;
  readonly keywordLengths: Uint16Array;
  /** Index into `sessionNames`, −1: none. */
  readonly sessions: Int32Array;
  /** −2³¹, which is next to none, of a document without one. */
  readonly seqs: Int32Array;
  readonly sessionNames: readonly string[];
}

/** The n-th posting: document `numbers[n]`, ascending; positions[starts[n] … starts[n + 1]) in its content, ascending. */
export interface PostingList {
  readonly length: number;
  readonly numbers: Uint32Array;
  /** Occurrences in the keywords and tags. */
  readonly inKeywords: Uint8Array;
  /** One longer than the list. */
  readonly starts: Uint32Array;
  readonly positions: Uint16Array;
}
