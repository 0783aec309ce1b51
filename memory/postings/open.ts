import type { Database } from '../../src/store/database.ts';
import { createCachedIndex } from './cached-index.ts';
import { compactShelf } from './compacting.ts';
import type { Postings } from './port.ts';
import { addDocuments, lockShelves, retireItems } from './writing.ts';

/**
 * What decoded posting lists may take in this process, in bytes. Besides come the document tables, about 20 bytes a document,
 * and, once a word had to be repaired, the vocabulary, about 150 bytes a word.
 */
const mostCachedBytes = 64 * 1024 * 1024;

/** The index in `database`. It keeps no connection and no timer: there is nothing to close. Several may be open at once. */
export function openPostings(database: Database, options: { readonly cacheBytes?: number } = {}): Postings {
  const cached = createCachedIndex(database, options.cacheBytes ?? mostCachedBytes);
  return {
    lock: lockShelves,
    add: addDocuments,
    retire: retireItems,
    view: cached.view,
    like: cached.like,
    compact: (shelf, { force = false } = {}) => compactShelf(database, shelf, force),
  };
}
