import type { Database } from '../../src/store/database.ts';
import { isEmbeddable } from './embeddable.ts';
import { readModels, tableOf } from './model.ts';

/** Rows looked at with one statement: others wait for it. */
const portion = 2_000;

/**
 * Takes out every vector whose entry is deleted, has become sensitive or lies elsewhere: a vector tells of its text. Of all
 * models, whether an endpoint is there or configured at all.
 */
export async function sweep(database: Database, signal: AbortSignal): Promise<void> {
  for (const model of await readModels(database)) {
    let after = { shelf: 0, item: 0 };
    for (;;) {
      signal.throwIfAborted();
      const [last] = await database.query<{ shelf: number; item: number }>(
        `with some_of_them as (
           select shelf, item from ${tableOf(model)} where (shelf, item) > ($1, $2) order by shelf, item limit $3
         ), gone as (
           delete from ${tableOf(model)} n using some_of_them s
           where n.shelf = s.shelf and n.item = s.item and not ${isEmbeddable}
         ) select shelf, item from some_of_them order by shelf desc, item desc limit 1`,
        [after.shelf, after.item, portion],
      );
      if (last === undefined) break;
      after = last;
    }
  }
}
