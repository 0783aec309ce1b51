import type { Postings } from '../postings/port.ts';
import { bestOf, Vocabulary } from '../postings/vocabulary.ts';
import { type FixtureDocument, indexView } from '../rank/index-view.fixture.ts';
import { loadAliases } from './aliases.ts';
import { type Found, openSearch, type SearchDependencies } from './find.ts';
import { denseOf } from './notebook.fixture.ts';

/** An index that is only read, without a database: documents by shelf. Words of the dead stay in its vocabulary. */
function paperPostings(shelves: ReadonlyMap<number, readonly FixtureDocument[]>): Postings {
  const whole = indexView(shelves);
  const vocabularies = new Map(
    whole.shelves.map(({ shelf, lists }) => {
      const vocabulary = new Vocabulary();
      vocabulary.append([...lists.keys()]);
      return [shelf, vocabulary];
    }),
  );
  const written = (): Promise<never> => Promise.reject(new Error('nobody writes on this one'));
  return {
    lock: written,
    add: written,
    retire: written,
    compact: written,
    view: async (ids, terms) => ({
      shelves: whole.shelves
        .filter(({ shelf }) => ids.includes(shelf))
        .map((shelf) => ({
          ...shelf,
          lists: new Map(
            terms.flatMap((term) => {
              const list = shelf.lists.get(term);
              return list === undefined ? [] : [[term, list]];
            }),
          ),
        })),
    }),
    like: async (ids, word, most) =>
      bestOf(
        ids.flatMap((id) => vocabularies.get(id)?.like(word) ?? []),
        most,
      ),
  };
}

const aliases = loadAliases();

export function paperSearch(shelves: ReadonlyMap<number, readonly FixtureDocument[]>): SearchDependencies {
  return { postings: paperPostings(shelves), dense: denseOf({}), aliases, log: { warn: () => undefined } };
}

/** What is found of one shelf of memories, best first, and what is said of it. */
export async function findIn(
  documents: readonly FixtureDocument[],
  query: string,
): Promise<{ readonly found: readonly Found[]; readonly said: string }> {
  const search = await openSearch(
    paperSearch(new Map([[1, documents]])),
    { query },
    { shelves: [1], signal: new AbortController().signal },
  );
  const { found } = search.best(100);
  return { found, said: JSON.stringify([search.notes, search.unknown, found.map(({ why }) => why)]) };
}
