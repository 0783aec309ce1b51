import type { Queryable } from '../../src/store/database.ts';
import type { Visibility } from '../entry.ts';

/** A shelf of memories: all entries that the same people may read (memory/entry.ts has the words). */
export interface Shelf {
  readonly id: number;
  readonly owner: string;
  readonly visibility: Visibility;
  /** Sorted; of a shared shelf. */
  readonly readers: readonly string[];
}

/** Who its readers are; one shelf has each. */
export type ShelfKey = Omit<Shelf, 'id'>;

/**
 * The one place that says who may read: a condition on `castellan.shelf` under the name `shelf`. `human` is the statement's
 * parameter that holds the reader (`$1`). Every statement that reads entries for somebody joins their shelf and asks this.
 */
export function mayRead(human: `$${number}`): string {
  return `(shelf.kind = 'memory' and (shelf.visibility = 'public' or shelf.owner = ${human}::text or ${human}::text = any (shelf.readers)))`;
}

/** The shelves this human may read, oldest first. */
export async function readableShelves(queryable: Queryable, human: string): Promise<readonly Shelf[]> {
  return queryable.query<Shelf>(
    `select shelf.id, shelf.owner, shelf.visibility, shelf.readers from castellan.shelf
     where ${mayRead('$1')} order by shelf.id`,
    [human],
  );
}

/**
 * The shelf of these readers, made when there is none yet. Outside of a transaction: whoever holds a lock must not wait here for somebody
 * who is making the same shelf and waits for that lock. An empty shelf does no harm.
 */
export async function findShelf(queryable: Queryable, { owner, visibility, readers }: ShelfKey): Promise<number> {
  const key = [owner, visibility, readers];
  const found = `select id from castellan.shelf
     where kind = 'memory' and name = '' and owner = $1 and visibility = $2 and readers = $3::text[]`;
  const [there] = await queryable.query<{ id: number }>(found, key);
  if (there !== undefined) return there.id;
  await queryable.query(
    `insert into castellan.shelf (kind, name, owner, visibility, readers) values ('memory', '', $1, $2, $3)
     on conflict do nothing`,
    key,
  );
  const [made] = await queryable.query<{ id: number }>(found, key);
  if (made === undefined) throw new Error('a shelf that was just made is not there');
  return made.id;
}
