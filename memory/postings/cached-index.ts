import type { Database } from '../../src/store/database.ts';
import { createTurns } from '../../src/store/turns.ts';
import { blockSize, decodeChunks, indexDamaged } from './codec.ts';
import { GrowingDocuments } from './document-table.ts';
import { type KnownList, ListCache, unknownList } from './list-cache.ts';
import type { Postings, ShelfView } from './port.ts';
import {
  type Head,
  type PostingRows,
  readDeaths,
  readDocuments,
  readHeads,
  readPostings,
  readWords,
  type Stretch,
  type WantedPostings,
} from './reading.ts';
import { bestOf, Vocabulary } from './vocabulary.ts';

/**
 * What this process knows of the index. It asks first how far the shelves are (their heads), then for what it lacks up to
 * there, then for the heads again: under another generation the numbers mean other documents, and what was read is thrown
 * away. Documents, deaths, words and postings are only ever added to, so what lies beyond the heads that were read first is
 * simply not looked at, and all of it is of one moment without a transaction around it.
 *
 * Nothing is read inside anybody's transaction, so nothing that could be rolled back is ever kept.
 */
export type CachedIndex = Pick<Postings, 'view' | 'like'>;

interface KnownShelf {
  readonly head: Head;
  readonly documents: GrowingDocuments;
  /** Never changed, for it was handed out: another one takes its place. */
  dead: ReadonlySet<number>;
  readonly vocabulary: Vocabulary;
}

interface SoughtList {
  readonly shelf: KnownShelf;
  readonly term: string;
  readonly key: string;
  readonly known: KnownList;
}

interface Sought {
  readonly terms: readonly string[];
  readonly documents: boolean;
  readonly words: boolean;
}

interface Found {
  readonly shelves: readonly KnownShelf[];
  readonly lists: readonly SoughtList[];
}

export function createCachedIndex(database: Database, mostBytes: number): CachedIndex {
  const known = new Map<number, KnownShelf>();
  const cache = new ListCache(mostBytes);
  // One at a time: two that lack the same would read it twice, and add it twice.
  const turns = createTurns();

  /** Undefined: a shelf was compacted meanwhile. */
  const attempt = async (ids: readonly number[], sought: Sought): Promise<Found | undefined> => {
    const heads = await readHeads(database, ids);
    const shelves = heads.map((head) => {
      const before = known.get(head.id);
      return before?.head.generation === head.generation ? { ...before, head } : unknownShelf(head);
    });
    const lists = shelves.flatMap((shelf) => sought.terms.map((term) => seek(cache, shelf, term)));

    const documents = sought.documents ? lacking(shelves, 'documents', ({ documents: { size } }) => size) : [];
    const deaths = sought.documents ? lacking(shelves, 'dead', ({ dead: { size } }) => size) : [];
    const words = sought.words ? lacking(shelves, 'words', ({ vocabulary: { size } }) => size) : [];
    const behind = lists.filter(({ shelf, known: { asOf } }) => asOf < shelf.head.documents);

    if (documents.length + deaths.length + words.length + behind.length > 0) {
      const documentRows = documents.length === 0 ? [] : await readDocuments(database, documents);
      const deathRows = deaths.length === 0 ? [] : await readDeaths(database, deaths);
      const wordRows = words.length === 0 ? [] : await readWords(database, words);
      const postingRows = behind.length === 0 ? [] : await readPostings(database, behind.map(wantedOf));
      if (!sameGenerations(heads, await readHeads(database, ids))) return undefined;

      for (const row of documentRows) documents[row.nth]?.known.documents.append(row);
      for (const { nth, numbers } of deathRows) {
        const shelf = deaths[nth]?.known;
        if (shelf !== undefined) shelf.dead = new Set([...shelf.dead, ...numbers]);
      }
      for (const row of wordRows) words[row.nth]?.known.vocabulary.append(row.words);
      takePostings(cache, behind, postingRows);
      for (const shelf of shelves) assertWhole(shelf, sought);
    }
    for (const shelf of shelves) known.set(shelf.head.id, shelf);
    return { shelves, lists };
  };

  /** What is made of it is made before anybody else reads on. */
  const find = <Made>(ids: readonly number[], sought: Sought, make: (found: Found) => Made): Promise<Made> =>
    turns.take(async () => {
      for (;;) {
        const found = await attempt(ids, sought);
        if (found !== undefined) return make(found);
      }
    });

  return {
    view: (ids, terms) =>
      find(ids, { terms: [...new Set(terms)], documents: true, words: false }, ({ shelves, lists }) => ({
        shelves: shelves.map((shelf) => viewOf(shelf, lists)),
      })),
    like: (ids, word, most) =>
      find(ids, { terms: [], documents: false, words: true }, ({ shelves }) =>
        bestOf(
          shelves.flatMap(({ vocabulary }) => vocabulary.like(word)),
          most,
        ),
      ),
  };
}

function unknownShelf(head: Head): KnownShelf {
  return { head, documents: new GrowingDocuments(), dead: new Set(), vocabulary: new Vocabulary() };
}

function seek(cache: ListCache, shelf: KnownShelf, term: string): SoughtList {
  const key = `${shelf.head.id} ${shelf.head.generation} ${term}`;
  return { shelf, term, key, known: cache.get(key) ?? unknownList() };
}

function lacking(
  shelves: readonly KnownShelf[],
  what: 'documents' | 'dead' | 'words',
  sizeOf: (shelf: KnownShelf) => number,
): readonly (Stretch & { readonly known: KnownShelf })[] {
  return shelves
    .map((known) => ({ known, shelf: known.head.id, from: sizeOf(known), to: known.head[what] }))
    .filter(({ from, to }) => from < to);
}

function wantedOf({ shelf, term, known: { block, read } }: SoughtList): WantedPostings {
  return { shelf: shelf.head.id, term, block, skip: read };
}

function sameGenerations(before: readonly Head[], after: readonly Head[]): boolean {
  const generations = new Map(after.map(({ id, generation }) => [id, generation]));
  return before.every(({ id, generation }) => generations.get(id) === generation);
}

function takePostings(cache: ListCache, behind: readonly SoughtList[], rows: readonly PostingRows[]): void {
  // Should one be damaged, what is half read is not kept.
  for (const { key } of behind) cache.forget(key);
  for (const { nth, blocks, lengths, postings } of rows) {
    const known = behind[nth]?.known;
    if (known === undefined) continue;
    let at = 0;
    for (const [index, block] of blocks.entries()) {
      const length = lengths[index] ?? 0;
      decodeChunks(postings.subarray(at, at + length), block * blockSize, known.list);
      at += length;
      known.read = block === known.block ? known.read + length : length;
      known.block = block;
    }
  }
  for (const { key, known, shelf } of behind) {
    if (known.asOf === 0) known.list.trim();
    known.asOf = shelf.head.documents;
    cache.keep(key, known);
  }
}

function assertWhole({ head, documents, dead, vocabulary }: KnownShelf, sought: Sought): void {
  const whole =
    (!sought.documents || (documents.size === head.documents && dead.size === head.dead)) &&
    (!sought.words || vocabulary.size === head.words);
  if (!whole) throw indexDamaged('rows are missing');
}

function viewOf({ head, documents, dead }: KnownShelf, lists: readonly SoughtList[]): ShelfView {
  const found = lists
    .filter(({ shelf }) => shelf.head.id === head.id)
    .map(({ term, known }) => [term, known.list.upTo(head.documents)] as const)
    .filter(([, { length }]) => length > 0);
  return { shelf: head.id, documents: documents.table(), dead, lists: new Map(found) };
}
