import type { NewDocument } from '../postings/port.ts';
import { type Analysed, analyse } from '../text/analyse.ts';

/** What of an entry is indexed. */
export interface IndexedEntry {
  /** Undefined of a sensitive entry: not a word of it is in the index. */
  readonly content: string | undefined;
  readonly keywords: string;
  readonly tags: readonly string[];
  readonly session: string | undefined;
  readonly seq: number | undefined;
}

const nothing: Analysed = { terms: [], length: 0 };

/** What an entry is found by: its text, and as a field of its own its keywords and tags. */
export function documentOf(item: number, { content, keywords, tags, session, seq }: IndexedEntry): NewDocument {
  return {
    item,
    content: content === undefined ? nothing : analyse(content),
    keywords: analyse([keywords, ...tags].join(' \n')),
    ...(session === undefined ? {} : { session }),
    ...(seq === undefined ? {} : { seq }),
  };
}
