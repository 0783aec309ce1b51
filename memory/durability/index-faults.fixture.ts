import type { Database } from '../../src/store/database.ts';
import { documentOf } from '../entries/indexed.ts';
import { decodeChunks, type PostingSink } from '../postings/codec.ts';
import { repairable } from '../text/trigrams.ts';

/**
 * Holds the index against the entries, row by row: every living entry has one living document, its terms stand in the postings
 * with their positions and no other terms do, nothing else lives, and numbers have no gaps. What it returns is wrong; nothing is
 * what one hopes for.
 */
export async function faultsOfIndex(database: Database): Promise<readonly string[]> {
  const faults: string[] = [];
  const shelves = await database.query<ShelfRow>(
    `select id, documents, dead, words from castellan.shelf where kind = 'memory' order by id`,
  );
  for (const shelf of shelves) faults.push(...(await faultsOfShelf(database, shelf)));
  const [lost] = await database.query<{ count: number }>(
    `select count(*) as count from castellan.document d
     where not exists (select from castellan.shelf s where s.id = d.shelf)`,
  );
  if (lost?.count !== 0) faults.push(`${lost?.count} documents lie on no shelf`);
  return faults;
}

interface ShelfRow {
  readonly id: number;
  readonly documents: number;
  readonly dead: number;
  readonly words: number;
}

async function faultsOfShelf(database: Database, shelf: ShelfRow): Promise<readonly string[]> {
  const faults: string[] = [];
  const fault = (what: string): void => void faults.push(`shelf ${shelf.id}: ${what}`);
  const documents = await database.query<{
    number: number;
    item: number;
    content: number;
    keywords: number;
    died: number | null;
  }>(
    `select number, item, content_length as content, keyword_length as keywords, died from castellan.document
     where shelf = $1 order by number`,
    [shelf.id],
  );
  const entries = await database.query<{
    id: number;
    content: string | null;
    keywords: string;
    tags: readonly string[];
    session: string | null;
    seq: number | null;
  }>(
    `select id, content, keywords, tags, session, seq from castellan.memory
     where shelf = $1 and deleted_at is null order by id`,
    [shelf.id],
  );
  if (
    !gapless(
      documents.map(({ number }) => number),
      shelf.documents,
    )
  )
    fault('numbers of documents have gaps');
  const deaths = documents.flatMap(({ died }) => (died === null ? [] : [died])).sort((a, b) => a - b);
  if (!gapless(deaths, shelf.dead)) fault('deaths are not counted one by one');
  const living = new Map(documents.filter(({ died }) => died === null).map((document) => [document.item, document]));
  const kept = new Set(entries.map(({ id }) => id));
  for (const item of living.keys()) if (!kept.has(item)) fault(`${item} lives in the index and is no living entry`);

  const { terms, damage } = await readTerms(database, shelf.id);
  for (const what of damage) fault(what);
  for (const entry of entries) {
    const document = living.get(entry.id);
    if (document === undefined) {
      fault(`entry ${entry.id} is not in the index`);
      continue;
    }
    const wanted = documentOf(entry.id, {
      ...entry,
      content: entry.content ?? undefined,
      session: entry.session ?? undefined,
      seq: entry.seq ?? undefined,
    });
    if (document.content !== wanted.content.length || document.keywords !== wanted.keywords.length) {
      fault(`entry ${entry.id} has another length in the index`);
    }
    const should = new Map<string, Posted>();
    const of = (term: string): Posted => {
      const posted = should.get(term) ?? { inKeywords: 0, positions: [] };
      should.set(term, posted);
      return posted;
    };
    for (const { text, position } of wanted.content.terms) of(text).positions.push(position);
    for (const { text } of wanted.keywords.terms) of(text).inKeywords += 1;
    for (const posted of should.values()) posted.positions.sort((a, b) => a - b);
    const is = terms.get(document.number) ?? new Map<string, Posted>();
    for (const [term, posted] of should) {
      if (JSON.stringify(is.get(term)) !== JSON.stringify(posted))
        fault(`entry ${entry.id}: "${term}" is not where it stands`);
    }
    for (const term of is.keys())
      if (!should.has(term)) fault(`entry ${entry.id} is found by "${term}", which it does not hold`);
  }
  for (const number of terms.keys())
    if (number >= shelf.documents) fault(`there are postings of number ${number}, which nobody has`);

  const vocabulary = await database.query<{ number: number; term: string }>(
    'select number, term from castellan.vocabulary where shelf = $1 order by number',
    [shelf.id],
  );
  if (
    !gapless(
      vocabulary.map(({ number }) => number),
      shelf.words,
    )
  )
    fault('numbers of words have gaps');
  const words = new Set(vocabulary.map(({ term }) => term));
  if (words.size !== vocabulary.length) fault('a word has two numbers');
  const posted = new Set([...terms.values()].flatMap((of) => [...of.keys()]).filter(repairable));
  for (const term of posted) if (!words.has(term)) fault(`"${term}" is not in the vocabulary`);
  return faults;
}

interface Posted {
  inKeywords: number;
  readonly positions: number[];
}

async function readTerms(database: Database, shelf: number) {
  const rows = await database.query<{ term: string; block: number; postings: Uint8Array }>(
    'select term, block, postings from castellan.posting where shelf = $1',
    [shelf],
  );
  const terms = new Map<number, Map<string, Posted>>();
  const damage: string[] = [];
  for (const { term, block, postings } of rows) {
    let last = -1;
    let current: Posted = { inKeywords: 0, positions: [] };
    const sink: PostingSink = {
      get lastNumber() {
        return last;
      },
      begin(number, inKeywords) {
        last = number;
        current = { inKeywords, positions: [] };
        const of = terms.get(number) ?? new Map<string, Posted>();
        terms.set(number, of.set(term, current));
      },
      position: (position) => void current.positions.push(position),
    };
    try {
      decodeChunks(postings, block * 1024, sink);
    } catch (error) {
      damage.push(`"${term}", block ${block}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { terms, damage };
}

function gapless(numbers: readonly number[], count: number): boolean {
  return numbers.length === count && numbers.every((number, index) => number === index);
}
