import type { Queryable } from '../../src/store/database.ts';
import { repairable } from '../text/trigrams.ts';
import { blockSize, encodeChunk } from './codec.ts';
import type { NewDocument } from './port.ts';

/** How many documents go into one statement. */
const batchSize = blockSize * 4;

type Numbered = NewDocument & { readonly number: number };

export interface MutablePosting {
  readonly number: number;
  inKeywords: number;
  readonly positions: number[];
}

export async function lockShelves(transaction: Queryable, shelves: readonly number[]): Promise<void> {
  await transaction.query('select from castellan.shelf where id = any($1) order by id for update', [shelves]);
}

export async function addDocuments(
  transaction: Queryable,
  shelf: number,
  documents: readonly NewDocument[],
): Promise<readonly number[]> {
  if (documents.length === 0) return [];
  const [counted] = await transaction.query<{ first: number }>(
    'update castellan.shelf set documents = documents + $2 where id = $1 returning documents - $2 as first',
    [shelf, documents.length],
  );
  if (counted === undefined) throw new RangeError(`there is no shelf ${shelf}`);
  const numbered = documents.map((document, index) => ({ ...document, number: counted.first + index }));
  // Cut where blocks end: what a block gets of a term is then one chunk.
  for (const [, batch] of Map.groupBy(numbered, ({ number }) => Math.floor(number / batchSize))) {
    await addBatch(transaction, shelf, batch);
  }
  return numbered.map(({ number }) => number);
}

async function addBatch(transaction: Queryable, shelf: number, documents: readonly Numbered[]): Promise<void> {
  const postings = postingsOf(documents);
  // The shelf is locked: what is unknown now is unknown until this transaction is over.
  const unknown = await transaction.query<{ term: string }>(
    `select term from unnest($2::text[]) as asked (term)
     where not exists (select from castellan.posting known where known.shelf = $1 and known.term = asked.term)`,
    [shelf, [...postings.keys()].filter(repairable)],
  );
  await insertDocuments(transaction, shelf, documents);
  await appendPostings(transaction, shelf, postings);
  await insertWords(
    transaction,
    shelf,
    unknown.map(({ term }) => term),
  );
}

async function insertDocuments(transaction: Queryable, shelf: number, documents: readonly Numbered[]): Promise<void> {
  await transaction.query(
    `insert into castellan.document (shelf, number, item, content_length, keyword_length, session, seq)
     select $1::int4, * from unnest($2::int4[], $3::int8[], $4::int4[], $5::int4[], $6::text[], $7::int4[])`,
    [
      shelf,
      documents.map(({ number }) => number),
      documents.map(({ item }) => item),
      documents.map(({ content }) => content.length),
      documents.map(({ keywords }) => keywords.length),
      documents.map(({ session }) => session ?? null),
      documents.map(({ seq }) => seq ?? null),
    ],
  );
}

function postingsOf(documents: readonly Numbered[]): ReadonlyMap<string, readonly MutablePosting[]> {
  const byTerm = new Map<string, MutablePosting[]>();
  const postingOf = (term: string, number: number): MutablePosting => {
    const postings = byTerm.get(term) ?? [];
    if (postings.length === 0) byTerm.set(term, postings);
    const last = postings.at(-1);
    if (last?.number === number) return last;
    const posting = { number, inKeywords: 0, positions: [] };
    postings.push(posting);
    return posting;
  };
  for (const { number, content, keywords } of documents) {
    for (const { text, position } of content.terms) postingOf(text, number).positions.push(position);
    for (const { text } of keywords.terms) postingOf(text, number).inKeywords += 1;
  }
  return byTerm;
}

export async function appendPostings(
  transaction: Queryable,
  shelf: number,
  postings: ReadonlyMap<string, readonly MutablePosting[]>,
): Promise<void> {
  const terms: string[] = [];
  const blocks: number[] = [];
  const chunks: Uint8Array[] = [];
  for (const [term, list] of postings) {
    for (const [block, inBlock] of Map.groupBy(list, ({ number }) => Math.floor(number / blockSize))) {
      terms.push(term);
      blocks.push(block);
      chunks.push(encodeChunk(inBlock.map((posting) => ({ ...posting, positions: ascending(posting.positions) }))));
    }
  }
  await transaction.query(
    `insert into castellan.posting as kept (shelf, term, block, postings)
     select $1::int4, * from unnest($2::text[], $3::int4[], $4::bytea[])
     on conflict (shelf, term, block) do update set postings = kept.postings || excluded.postings`,
    [shelf, terms, blocks, chunks],
  );
}

/** A compound is told of with its first part, and may come after others. */
function ascending(positions: readonly number[]): readonly number[] {
  return positions.length < 2 ? positions : positions.toSorted((a, b) => a - b);
}

/** Words that the shelf does not have yet. */
export async function insertWords(transaction: Queryable, shelf: number, words: readonly string[]): Promise<void> {
  if (words.length === 0) return;
  await transaction.query(
    `with counted as (update castellan.shelf set words = words + $3 where id = $1 returning words - $3 as first)
     insert into castellan.vocabulary (shelf, number, term)
     select $1, counted.first + added.nth - 1, added.term
     from counted, unnest($2::text[]) with ordinality as added (term, nth)`,
    [shelf, words, words.length],
  );
}

export async function retireItems(transaction: Queryable, shelf: number, items: readonly number[]): Promise<void> {
  await lockShelves(transaction, [shelf]);
  // A statement of its own: begun before the lock was had, it would not see who died meanwhile.
  await transaction.query(
    `with dying as (
       select number, row_number() over (order by number) - 1 as nth from castellan.document
       where shelf = $1 and item = any($2) and died is null
     ), died as (
       update castellan.document d set died = s.dead + dying.nth
       from dying, castellan.shelf s where s.id = $1 and d.shelf = $1 and d.number = dying.number
       returning 1
     )
     update castellan.shelf set dead = dead + (select count(*) from died) where id = $1 and exists (select from dying)`,
    [shelf, items],
  );
}
