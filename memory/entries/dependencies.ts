import type { MemoryDependencies } from '../engine.ts';
import type { Postings } from '../postings/port.ts';

/** What the writing half of memory runs on. */
export interface EntriesDependencies
  extends Pick<MemoryDependencies, 'database' | 'redact' | 'sealer' | 'categories' | 'defaultVisibility' | 'now'> {
  readonly postings: Postings;
}
