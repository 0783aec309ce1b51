import type { Queryable } from '../../src/store/database.ts';
import { claimsOf, type Model } from './model.ts';

/**
 * Daemons that fill the same table share the work: who wants rows claims them first, and gets those that nobody else holds.
 * No transaction stays open while an endpoint is asked, so a claim is a row with an end: that of a daemon that died runs out.
 */
const claimSeconds = 120;
const taskMinutes = 30;

/** Of these items, those that are ours now. */
export async function claim(
  database: Queryable,
  model: Model,
  shelf: number,
  items: readonly number[],
): Promise<readonly number[]> {
  const rows = await database.query<{ item: number }>(
    `insert into ${claimsOf(model)} as held (shelf, item, until)
     select $1, wanted.item, now() + make_interval(secs => $3)
     from unnest($2::int8[]) as wanted (item) order by wanted.item
     on conflict (shelf, item) do update set until = excluded.until where held.until < now()
     returning item`,
    [shelf, items, shelf === noShelf ? taskMinutes * 60 : claimSeconds],
  );
  return rows.map(({ item }) => item);
}

export async function release(
  database: Queryable,
  model: Model,
  shelf: number,
  items: readonly number[],
): Promise<void> {
  await database.query(`delete from ${claimsOf(model)} where shelf = $1 and item = any($2)`, [shelf, items]);
}

/** Work that one daemon does for all. */
export const tasks = { calibrate: 1, index: 2 } as const;
const noShelf = 0;

/** Undefined when another daemon is at it. */
export async function alone<Result>(
  database: Queryable,
  model: Model,
  task: number,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  if ((await claim(database, model, noShelf, [task])).length === 0) return undefined;
  try {
    return await work();
  } finally {
    await release(database, model, noShelf, [task]);
  }
}

/** Of an embedded database: whoever held them is dead, for there is one process. */
export async function forgetClaims(database: Queryable, model: Model): Promise<void> {
  await database.query(`delete from ${claimsOf(model)}`);
}
