import type { Database, Queryable } from '../../src/store/database.ts';
import { repairable } from '../text/trigrams.ts';
import { blockSize, decodeChunks } from './codec.ts';
import { GrowingList } from './posting-list.ts';
import { appendPostings, insertWords, type MutablePosting } from './writing.ts';

const mostDead = 256;
const mostDeadOfAll = 1 / 5;
/** More than one term has blocks: 20 million documents. */
const rowsAtOnce = 20_000;

interface FormerRow {
  readonly term: string;
  readonly block: number;
  readonly postings: Uint8Array;
}

interface Size {
  readonly documents: number;
  readonly dead: number;
}

/**
 * Gives the living new numbers without gaps and takes the dead out of every list, in one transaction. Readers go on with
 * what was there before until it commits; whoever writes to the shelf waits.
 */
export async function compactShelf(database: Database, shelf: number, force: boolean): Promise<boolean> {
  const isWanted = (size: Size): boolean => (force ? size.dead > 0 : isWorthIt(size));
  if (!isWanted(await sizeOf(database, shelf, ''))) return false;
  const done = await database.transaction(async (transaction) => {
    // Another one may have done it while this one waited for the lock.
    if (!isWanted(await sizeOf(transaction, shelf, 'for update'))) return false;
    const living = await renumberDocuments(transaction, shelf);
    const terms = await rewritePostings(transaction, shelf, living);
    await transaction.query('delete from castellan.vocabulary where shelf = $1', [shelf]);
    await transaction.query(
      'update castellan.shelf set documents = $2, dead = 0, words = 0, generation = generation + 1 where id = $1',
      [shelf, living.size],
    );
    await insertWords(transaction, shelf, terms.filter(repairable));
    return true;
  });
  // A server does this by itself; the embedded database has nobody for it.
  if (done && database.kind === 'embedded') {
    for (const table of ['document', 'posting', 'vocabulary']) await database.query(`vacuum castellan.${table}`);
  }
  return done;
}

async function sizeOf(database: Queryable, shelf: number, lock: '' | 'for update'): Promise<Size> {
  const [size] = await database.query<Size>(`select documents, dead from castellan.shelf where id = $1 ${lock}`, [
    shelf,
  ]);
  return size ?? { documents: 0, dead: 0 };
}

function isWorthIt({ documents, dead }: Size): boolean {
  return dead > mostDead && dead > documents * mostDeadOfAll;
}

/** Old number → new number. */
type Renumbering = ReadonlyMap<number, number>;

async function renumberDocuments(transaction: Queryable, shelf: number): Promise<Renumbering> {
  const [living] = await transaction.query<{ numbers: readonly number[] | null }>(
    'select json_agg(number order by number) as numbers from castellan.document where shelf = $1 and died is null',
    [shelf],
  );
  // The window needs all rows before it gives the first number: every old row is gone before the first new one comes.
  await transaction.query(
    `with former as (delete from castellan.document where shelf = $1 returning *)
     insert into castellan.document (shelf, number, item, content_length, keyword_length, session, seq)
     select shelf, row_number() over (order by number) - 1, item, content_length, keyword_length, session, seq
     from former where died is null`,
    [shelf],
  );
  return new Map(living?.numbers?.map((number, index) => [number, index]));
}

/** Gives the terms that are left. */
async function rewritePostings(transaction: Queryable, shelf: number, living: Renumbering): Promise<readonly string[]> {
  const terms: string[] = [];
  let after = '';
  for (;;) {
    const rows = await transaction.query<FormerRow>(
      `select term, block, postings from castellan.posting where shelf = $1 and term > $2
       order by term, block limit $3`,
      [shelf, after, rowsAtOnce],
    );
    const last = rows.at(-1)?.term;
    if (last === undefined) return terms;
    // The last term's blocks may go on behind the limit; it comes again with the next.
    const whole = rows.length < rowsAtOnce ? rows : rows.filter(({ term }) => term !== last);
    after = whole.at(-1)?.term ?? last;
    await transaction.query('delete from castellan.posting where shelf = $1 and term >= $2 and term <= $3', [
      shelf,
      whole[0]?.term,
      after,
    ]);
    const rewritten = rewrittenLists(whole, living);
    await appendPostings(transaction, shelf, rewritten);
    terms.push(...rewritten.keys());
  }
}

function rewrittenLists(
  rows: readonly FormerRow[],
  living: Renumbering,
): ReadonlyMap<string, readonly MutablePosting[]> {
  const rewritten = new Map<string, readonly MutablePosting[]>();
  for (const [term, blocks] of Map.groupBy(rows, (row) => row.term)) {
    const list = new GrowingList();
    for (const { block, postings } of blocks) decodeChunks(postings, block * blockSize, list);
    const left = renumbered(list, living);
    if (left.length > 0) rewritten.set(term, left);
  }
  return rewritten;
}

function renumbered(list: GrowingList, living: Renumbering): readonly MutablePosting[] {
  const { length, numbers, inKeywords, starts, positions } = list.upTo(Number.POSITIVE_INFINITY);
  const left: MutablePosting[] = [];
  for (let at = 0; at < length; at += 1) {
    const number = living.get(numbers[at] ?? -1);
    if (number === undefined) continue;
    const own = positions.subarray(starts[at], starts[at + 1]);
    left.push({ number, inKeywords: inKeywords[at] ?? 0, positions: [...own] });
  }
  return left;
}
