import type { Queryable } from '../../src/store/database.ts';
import type { Memory } from '../engine.ts';
import type { Actor } from '../entry.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { forgetWords } from './forget.ts';
import { documentOf } from './indexed.ts';
import { closeSuperseded, lockRows, reopenSuperseded, takeTurnToLink } from './linking.ts';
import { readOwn } from './own.ts';
import type { PlacedEntry } from './rows.ts';

/**
 * A removed entry is out of sight and dead in the index at once. With `forever`, the index is rewritten before the row goes, for a dead
 * document's words lie in it until then; whoever is killed in between finds the entry deleted and asks again. Afterwards no table
 * holds a word of it. What the disk still has is the database's to overwrite (its log, pages not yet vacuumed), and backups keep
 * what they have until they are rotated.
 */
export function createRemove(dependencies: EntriesDependencies): Memory['remove'] {
  const { database, postings, now } = dependencies;
  return async (ids, by, { forever = false } = {}) => {
    const removed = await withOwn(dependencies, ids, by, async (transaction, entries) => {
      const living = idsOf(entries.filter(({ deletedAt }) => deletedAt === undefined));
      const at = now();
      await transaction.query('update castellan.memory set deleted_at = $2 where id = any ($1::int8[])', [living, at]);
      await reopenSuperseded(transaction, living, at);
      for (const [shelf, there] of byShelf(entries)) await postings.retire(transaction, shelf, idsOf(there));
      return entries;
    });
    if (!forever) return;
    await forgetWords(dependencies, by.human, idsOf(removed));
    await database.query('delete from castellan.memory where id = any ($1::int8[]) and deleted_at is not null', [
      idsOf(removed),
    ]);
  };
}

export function createRestore(dependencies: EntriesDependencies): Memory['restore'] {
  const { postings, now } = dependencies;
  return (ids, by) =>
    withOwn(dependencies, ids, by, async (transaction, entries) => {
      const deleted = entries.filter(({ deletedAt }) => deletedAt !== undefined);
      await transaction.query('update castellan.memory set deleted_at = null where id = any ($1::int8[])', [
        idsOf(deleted),
      ]);
      for (const [shelf, there] of byShelf(deleted)) {
        const documents = there.map((entry) => documentOf(entry.id, entry));
        await postings.add(transaction, shelf, documents);
      }
      await closeSuperseded(transaction, idsOf(deleted), undefined, now());
    });
}

/** Does it with one's own entries, their shelves and rows locked; with the turn to link, for what they supersede begins or ends with them. */
async function withOwn<Result>(
  { database, postings }: EntriesDependencies,
  ids: readonly number[],
  by: Actor,
  work: (transaction: Queryable, entries: readonly PlacedEntry[]) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const shelves = [...byShelf(await readOwn(database, ids, by)).keys()];
    const done = await database.transaction(async (transaction) => {
      await takeTurnToLink(transaction);
      await postings.lock(transaction, shelves);
      await lockRows(transaction, ids);
      const entries = await readOwn(transaction, ids, by);
      // An update moved one to a shelf that is not locked.
      if (entries.some(({ shelf }) => !shelves.includes(shelf))) return undefined;
      return { result: await work(transaction, entries) };
    });
    if (done !== undefined) return done.result;
  }
}

function byShelf(entries: readonly PlacedEntry[]): ReadonlyMap<number, readonly PlacedEntry[]> {
  return Map.groupBy(entries, ({ shelf }) => shelf);
}

function idsOf(entries: readonly PlacedEntry[]): readonly number[] {
  return entries.map(({ id }) => id);
}
