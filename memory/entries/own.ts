import type { Queryable } from '../../src/store/database.ts';
import type { Actor } from '../entry.ts';
import { memoryError } from '../errors.ts';
import { type PlacedEntry, readEntries } from './rows.ts';

/**
 * Entries that this actor may change: his human's own, deleted ones too. In the order asked for, each once. Errors: `memory-unknown` for
 * what may not be read, as for what is not there; `memory-not-yours` for what may only be read.
 */
export async function readOwn(
  queryable: Queryable,
  ids: readonly number[],
  by: Actor,
): Promise<readonly PlacedEntry[]> {
  const asked = [...new Set(ids)];
  const known = asked.filter((id) => Number.isSafeInteger(id) && id > 0);
  const entries = await readEntries(queryable, by.human, known, { ownDeleted: true });
  const unknown = asked.filter((id) => !entries.has(id));
  if (unknown.length > 0) {
    throw memoryError('memory-unknown', {
      message: `there is no entry ${unknown.join(', ')}; nothing was changed`,
      next: 'look the id up with recall or list',
    });
  }
  const foreign = [...entries.values()].filter(({ owner }) => owner !== by.human).map(({ id }) => id);
  if (foreign.length > 0) {
    throw memoryError('memory-not-yours', {
      message: `${foreign.join(', ')} is somebody else’s and can only be read; nothing was changed`,
      next: 'store an entry of your own and link it to that one',
    });
  }
  return asked.flatMap((id) => entries.get(id) ?? []);
}

/** The same, of one that is not deleted. */
export async function readOwnLiving(queryable: Queryable, id: number, by: Actor): Promise<PlacedEntry> {
  const [entry] = await readOwn(queryable, [id], by);
  if (entry?.deletedAt === undefined && entry !== undefined) return entry;
  throw memoryError('memory-unknown', {
    message: `${id} is deleted; nothing was changed`,
    next: `restore ${id} first`,
  });
}
