import type { IndexView } from '../postings/port.ts';
import type { Term } from '../text/analyse.ts';

/** What is asked, in terms: what was typed, and what it may mean besides, each with a weight. */
export interface LexicalQuery {
  /** In order; neighbours make bigrams. */
  readonly terms: readonly Term[];
  /** Repairs, aliases, the model's own words: term → weight (0 to 1), and the term of the query it stands for, if it does. */
  readonly extra: readonly { readonly term: string; readonly weight: number; readonly instead: string | undefined }[];
}

export interface RankOptions {
  /** How many of the best are wanted. */
  readonly limit: number;
  /** Only these items of a shelf, when there are filters; a shelf that is absent has none. */
  readonly allowed?: ReadonlyMap<number, ReadonlySet<number>>;
}

export interface Candidate {
  readonly shelf: number;
  readonly item: number;
  /** Not normalised; above 0. */
  readonly score: number;
  /** Terms it holds: of the query, or of `extra`. */
  readonly matched: readonly string[];
  /** Of them, identifiers that stand in no more than three documents. */
  readonly exact: readonly string[];
  /** Its neighbours or its session lifted it past what it holds itself. */
  readonly episode: boolean;
}

/** BM25 over content, adjacent pairs and keywords, lifted by neighbours and session; best first. Pure. */
export type RankLexical = (view: IndexView, query: LexicalQuery, options: RankOptions) => readonly Candidate[];
