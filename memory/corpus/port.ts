import { definePort } from '../../src/kit/index.ts';
import type { SectionHit } from '../engine.ts';

/**
 * The index of memory, lent to others: reference documents, past incidents. A corpus is public to everybody this daemon
 * serves; what goes in is redacted by who puts it in.
 */
export interface Corpora {
  /** Made with its first document. Names: `runbooks`, `incidents`; kebab-case, at most 40 characters. */
  open(name: string): Corpus;
  names(): Promise<readonly string[]>;
}

export interface Corpus {
  readonly name: string;
  /** Cuts it at its headings and indexes what changed since it was last put. Errors: `corpus-invalid`. */
  put(documents: readonly CorpusDocument[]): Promise<{ readonly changed: number; readonly sections: number }>;
  /** Takes out every document that is not among these. */
  keepOnly(documents: readonly string[]): Promise<{ readonly removed: number }>;
  remove(documents: readonly string[]): Promise<void>;
  search(
    query: string,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly SectionHit[]>;
}

export interface CorpusDocument {
  /** Its name in the corpus: a relative path, an incident's id. */
  readonly name: string;
  readonly title: string;
  /** Markdown or plain text. */
  readonly text: string;
  /** When it was written or happened. */
  readonly at?: Date;
}

export const corporaPort = definePort<Corpora>('corpora');
