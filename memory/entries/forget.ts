import type { EntriesDependencies } from './dependencies.ts';

/**
 * Takes every word that these entries once had out of the index of all shelves of their owner that they ever lay on. What is dead there is
 * not seen, and still lies in it until the shelf is rewritten.
 */
export async function forgetWords(
  { database, postings }: Pick<EntriesDependencies, 'database' | 'postings'>,
  owner: string,
  ids: readonly number[],
): Promise<void> {
  const shelves = await database.query<{ id: number }>(
    `select id from castellan.shelf where kind = 'memory' and owner = $1 and exists (
       select from castellan.document
       where document.shelf = shelf.id and document.item = any ($2::int8[]) and document.died is not null
     ) order by id`,
    [owner, ids],
  );
  for (const { id } of shelves) await postings.compact(id, { force: true });
}
