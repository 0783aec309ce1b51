import type { Database } from '../../src/store/database.ts';
import { analyse } from '../text/analyse.ts';
import type { IndexView, NewDocument, Postings } from './port.ts';

/** Two daemons on one database; their caches know nothing of each other. */
export interface TwoDaemons {
  readonly database: Database;
  /** The same database as the other daemon sees it. */
  readonly elsewhere: Database;
  readonly here: Postings;
  readonly there: Postings;
}

let owners = 0;

/** A shelf of its own. */
export async function newShelf(database: Database): Promise<number> {
  owners += 1;
  const [shelf] = await database.query<{ id: number }>(
    `insert into castellan.shelf (kind, name, owner, visibility, readers)
     values ('memory', '', $1, 'private', '{}') returning id`,
    [`human:of-test-${owners}-${crypto.randomUUID()}`],
  );
  if (shelf === undefined) throw new Error('no shelf was made');
  return shelf.id;
}

export interface Text {
  readonly item: number;
  readonly content: string;
  readonly keywords?: string;
  readonly session?: string;
  readonly seq?: number;
}

export function documentOf({ item, content, keywords = '', session, seq }: Text): NewDocument {
  return {
    item,
    content: analyse(content),
    keywords: analyse(keywords),
    ...(session === undefined ? {} : { session }),
    ...(seq === undefined ? {} : { seq }),
  };
}

export function addTexts(
  postings: Postings,
  database: Database,
  shelf: number,
  texts: readonly Text[],
): Promise<readonly number[]> {
  return database.transaction((transaction) => postings.add(transaction, shelf, texts.map(documentOf)));
}

export interface Found {
  readonly item: number;
  readonly inKeywords: number;
  readonly positions: readonly number[];
}

/** What a reader finds: of each shelf, by term, the living in the order of their items. */
export function livingIn(view: IndexView): Record<number, Record<string, readonly Found[]>> {
  return Object.fromEntries(
    view.shelves.map(({ shelf, documents, dead, lists }) => [
      shelf,
      Object.fromEntries(
        [...lists].map(([term, { length, numbers, inKeywords, starts, positions }]) => [
          term,
          Array.from({ length }, (_, at) => ({
            number: numbers[at] ?? -1,
            item: documents.items[numbers[at] ?? -1] ?? -1,
            inKeywords: inKeywords[at] ?? -1,
            positions: [...positions.subarray(starts[at], starts[at + 1])],
          }))
            .filter(({ number }) => !dead.has(number))
            .map(({ number: _, ...found }) => found)
            .sort((a, b) => a.item - b.item),
        ]),
      ),
    ]),
  );
}

/** The same, found without an index. */
export function livingAmong(texts: readonly Text[], terms: readonly string[]): Record<string, readonly Found[]> {
  const asked = new Set(terms);
  const found = new Map<string, Found[]>();
  for (const text of texts.toSorted((a, b) => a.item - b.item)) {
    const { item, content, keywords } = documentOf(text);
    const held = new Set([...content.terms, ...keywords.terms].map((term) => term.text));
    for (const term of [...held].filter((each) => asked.has(each))) {
      const positions = content.terms.filter((each) => each.text === term).map(({ position }) => position);
      const inKeywords = keywords.terms.filter((each) => each.text === term).length;
      const list = found.get(term) ?? [];
      found.set(term, list);
      list.push({ item, inKeywords, positions });
    }
  }
  return Object.fromEntries(found);
}

/** Terms of which only the dead are left are in a view, and not in what is living. */
export function withoutEmpty(found: Record<string, readonly Found[]>): Record<string, readonly Found[]> {
  return Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0));
}
