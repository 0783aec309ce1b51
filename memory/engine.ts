import type { Redact } from '../src/kit/index.ts';
import type { Database } from '../src/store/database.ts';
import type { Features } from '../src/store/features.ts';
import type { Corpora } from './corpus/port.ts';
import type { Dense, EmbeddingOptions } from './embed/port.ts';
import type { Actor, Changes, Draft, Entry, LinkTo, LinkType } from './entry.ts';
import type { Sealer } from './seal/port.ts';

/**
 * What the rest of the program asks of memory. Every method takes for whom it is done and sees nothing that this human may
 * not read: what may not be read does not exist (`memory-unknown`).
 */
export interface Memory extends AsyncDisposable {
  /** Errors: `memory-too-long`, `memory-empty`, `memory-category`, `memory-secret`, `memory-duplicate`, `memory-link`, `memory-unsealed`, `memory-invalid`. */
  store(draft: Draft, by: Actor, options?: { readonly force?: boolean }): Promise<Stored>;
  /** Several at once, each by itself: one that is refused keeps none of the others out. */
  storeAll(drafts: readonly ImportedDraft[], by: Actor): Promise<readonly ImportOutcome[]>;
  /** Keeps what it replaces. Errors: as `store`, `memory-unknown`, `memory-not-yours`. */
  update(id: number, changes: Changes, by: Actor, options?: { readonly force?: boolean }): Promise<Stored>;
  /** Errors: `memory-unknown`, `memory-not-yours` (the source must be one's own), `memory-link` (a cycle, a chain over 10). */
  link(source: number, links: readonly LinkTo[], by: Actor): Promise<void>;
  unlink(source: number, links: readonly LinkTo[], by: Actor): Promise<void>;
  /** Out of sight and of the index at once, back by `restore`; with `forever` gone with its history. */
  remove(ids: readonly number[], by: Actor, options?: { readonly forever?: boolean }): Promise<void>;
  restore(ids: readonly number[], by: Actor): Promise<void>;
  recall(question: Question, by: Actor, signal: AbortSignal): Promise<Recalled>;
  list(filter: ListFilter, by: Actor): Promise<Listed>;
  /** Whole, in the order asked for; unknown ids are left out. Reads deleted ones of one's own too. */
  get(ids: readonly number[], by: Actor): Promise<readonly WholeEntry[]>;
  stats(by: Actor): Promise<Stats>;
  readonly corpora: Corpora;
  readonly dense: Dense;
}

export interface MemoryDependencies {
  readonly database: Database;
  readonly features: Features;
  /** As an agent's words are redacted: it must not answer a guess. */
  readonly redact: Redact;
  /** Undefined: no sensitive entry can be stored. */
  readonly sealer: Sealer | undefined;
  /** Undefined: lexical only. */
  readonly embedding: EmbeddingOptions | undefined;
  readonly categories: Categories;
  readonly defaultVisibility: 'private' | 'public';
  now(): Date;
  readonly log: { warn(fields: object, message: string): void };
}

export interface Categories {
  readonly canonical: readonly string[];
  /** What a word of this kind is folded into: `gotcha` → `gotchas`. */
  readonly folds: ReadonlyMap<string, string>;
  /** Whose entries grow old: their rank falls by up to a tenth with a half-life of 90 days. */
  readonly volatile: ReadonlySet<string>;
  readonly standard: string;
}

export interface Stored {
  readonly id: number;
  /** `unchanged`: exactly this text is there already, under this id. */
  readonly outcome: 'stored' | 'unchanged' | 'updated';
  /** What is there already and may say the same or the opposite, nearest first. */
  readonly similar: readonly Similar[];
}

export interface Similar {
  readonly id: number;
  /** 0 to 1: Jaccard of the rare terms. */
  readonly likeness: number;
  /** `conflict`: the same subject with another number, date or a negation. */
  readonly kind: 'duplicate' | 'conflict' | 'related';
  readonly why: string;
  readonly entry: Entry;
}

/** Of an import: with what a plain `store` gives by itself. */
export interface ImportedDraft extends Draft {
  readonly recordedAt?: Date;
  readonly seq?: number;
  /** What it was called where it comes from; links of an import are made by it. */
  readonly formerId?: string;
  /** Of a sensitive entry that comes sealed, for nobody here can open it: it is kept as it is, and `content` is empty. */
  readonly sealed?: { readonly cipher: Uint8Array; readonly sealedWith: string };
}

export type ImportOutcome =
  /** `unlinked`: links that could not be made; the entry is there without them. */
  | { readonly outcome: 'stored' | 'unchanged'; readonly id: number; readonly unlinked: readonly LinkTo[] }
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string };

export interface Question {
  readonly query: string;
  /** Words a model adds of its own: a clause of less weight, not part of the query. */
  readonly expanded?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly session?: string;
  readonly source?: string;
  /** Recorded or changed since. */
  readonly since?: Date;
  /** What was true then, in the words of then. */
  readonly asOf?: Date;
  /** Memories only unless said: names of corpora, or `all`. */
  readonly corpora?: readonly string[] | 'all';
  readonly limit?: number;
  /** Ids the caller has seen already: they are passed over. */
  readonly seen?: ReadonlySet<string>;
  /** Ask the rerank endpoint about the best 30, if there is one. */
  readonly rerank?: boolean;
  /** UTF-8 bytes that whole hits may take, as `bytesOf` counts them. */
  readonly room?: number;
}

export interface Recalled {
  /** Best first; packed into `room`. */
  readonly hits: readonly Hit[];
  /** How many passed the filters and the honest floor before they were cut to limit and room. */
  readonly found: number;
  readonly mode: 'lexical' | 'hybrid';
  /** Why it is lexical though embeddings are configured; what was repaired; what expired. In words. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly text: string;
  /** Words of entries in it: to be fenced. */
  readonly quotes?: readonly string[];
}

export type Hit = MemoryHit | SectionHit;

interface HitFrame {
  /** `m12`, `s7`: one name over memories and sections, for `seen`. */
  readonly ref: string;
  readonly score: number;
  readonly why: Why;
}

export interface MemoryHit extends HitFrame {
  readonly kind: 'memory';
  readonly entry: Entry;
  /** Linked entries that come with it, each whole if there is room. */
  readonly attached: readonly { readonly type: LinkType; readonly entry: Entry }[];
  /** Ids to look at: part-of, see-also, both ways. */
  readonly pointers: readonly { readonly type: LinkType; readonly direction: 'to' | 'from'; readonly id: number }[];
}

export interface SectionHit extends HitFrame {
  readonly kind: 'section';
  readonly corpus: string;
  readonly document: string;
  readonly heading: string;
  readonly content: string;
  readonly at: Date | undefined;
}

export interface Why {
  /** Terms of the query that it holds, as they stand in the query. */
  readonly matched: readonly string[];
  /** Query word → word of the store it was taken for. */
  readonly repaired: readonly { readonly from: string; readonly to: string }[];
  /** Query word → what the alias table says it means as well. */
  readonly aliases: readonly { readonly from: string; readonly to: string }[];
  /** A rare identifier stands in it as in the query. */
  readonly exact: readonly string[];
  readonly legs: { readonly lexical: number; readonly dense?: number; readonly rerank?: number };
  /** Neighbours or the session lifted it. */
  readonly episode?: true;
  /** It is shown in place of this one, which it supersedes. */
  readonly redirectedFrom?: number;
}

export interface ListFilter {
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly visibility?: 'private' | 'shared' | 'public';
  readonly session?: string;
  readonly source?: string;
  readonly since?: Date;
  readonly mine?: boolean;
  /** Deleted ones of one's own, which can be restored. */
  readonly deleted?: boolean;
  /** Newest first unless said. */
  readonly order?: 'newest' | 'oldest' | 'importance';
  /** Behind this one: `recordedAt`, `importance` and `id` of the last entry shown. */
  readonly after?: { readonly at: Date; readonly importance: number; readonly id: number };
  readonly limit: number;
}

export interface Listed {
  readonly entries: readonly Entry[];
  readonly total: number;
}

export interface WholeEntry {
  readonly entry: Entry;
  readonly links: readonly { readonly type: LinkType; readonly direction: 'to' | 'from'; readonly id: number }[];
  readonly history: readonly { readonly revision: number; readonly replacedAt: Date; readonly replacedBy: string }[];
  /** Of a sensitive entry: for humans who can open it. */
  readonly cipher: Uint8Array | undefined;
  readonly sealedWith: string | undefined;
}

export interface Stats {
  readonly entries: number;
  readonly sensitive: number;
  readonly deleted: number;
  readonly byVisibility: Readonly<Record<string, number>>;
  readonly byCategory: readonly { readonly name: string; readonly count: number }[];
  readonly byTag: readonly { readonly name: string; readonly count: number }[];
  readonly links: Readonly<Record<LinkType, number>>;
  readonly oldest: Date | undefined;
  readonly newest: Date | undefined;
  readonly corpora: readonly { readonly name: string; readonly documents: number; readonly sections: number }[];
}
