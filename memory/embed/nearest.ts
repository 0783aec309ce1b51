import pgvector from 'pgvector';
import type { Database, Queryable } from '../../src/store/database.ts';
import { isEmbeddable } from './embeddable.ts';
import { type Model, tableOf, type VectorType } from './model.ts';
import type { Near, NearestOptions } from './port.ts';

/** As pgvector reads it. */
export function vectorText(vector: Float32Array): string {
  const text = pgvector.toSql([...vector]);
  if (text === null) throw new TypeError('a vector has no text');
  return text;
}

/** Up to so many rows are compared one by one: that is exact, and no slower than an index with a filter. */
export const mostExact = 25_000;

/**
 * The nearest rows of some shelves. Every row is compared while they are few or no index is there; else the index is asked,
 * and goes on until enough of what it finds lies on these shelves. What is no longer to be found is left out, whatever
 * vectors still lie there.
 */
export async function nearestVectors(
  database: Database,
  model: Model,
  vector: Float32Array,
  { shelves, allowed, limit }: Pick<NearestOptions, 'shelves' | 'allowed' | 'limit'>,
  exactUpTo: number = mostExact,
): Promise<readonly Near[]> {
  const question: Asked = { table: tableOf(model), type: model.type, text: vectorText(vector), shelves, limit };
  if (allowed !== undefined) {
    const only = shelves.flatMap((shelf) => [...(allowed.get(shelf) ?? [])].map((item) => ({ shelf, item })));
    if (only.length === 0) return [];
    if (only.length <= exactUpTo || !model.indexed) return compareOnly(database, question, only);
    const items = only.map(({ item }) => item);
    const near = await byIndex(database, question, items);
    // An item's number alone does not say whether a memory or a section is meant.
    return near.filter(({ shelf, item }) => allowed.get(shelf)?.has(item));
  }
  if (!model.indexed || (await hasAtMost(database, question, exactUpTo))) return compareAll(database, question);
  return byIndex(database, question, undefined);
}

interface Asked {
  readonly table: string;
  readonly type: VectorType;
  readonly text: string;
  readonly shelves: readonly number[];
  readonly limit: number;
}

/** More are fetched than are wanted, for those among them that are to be found no more. */
const fetched = (limit: number): number => limit * 2 + 20;

function living(candidates: string): string {
  return `with near as materialized (${candidates})
    select n.shelf, n.item, n.distance from near n where ${isEmbeddable} order by n.distance, n.shelf, n.item limit $3`;
}

async function rows(queryable: Queryable, sql: string, parameters: readonly unknown[]): Promise<readonly Near[]> {
  const found = await queryable.query<{ shelf: number; item: number; distance: number }>(sql, parameters);
  return found.map(({ shelf, item, distance }) => ({ shelf, item, similarity: 1 - distance }));
}

/** An order that no index has, so that none is asked. */
const compared = 'order by distance + 0.0';

function compareAll(database: Database, { table, type, text, shelves, limit }: Asked): Promise<readonly Near[]> {
  return rows(
    database,
    living(`select shelf, item, distance from (
        select shelf, item, v operator(public.<=>) $1::public.${type} as distance from ${table} where shelf = any($2)
      ) every_one ${compared} limit $4`),
    [text, shelves, limit, fetched(limit)],
  );
}

function compareOnly(
  database: Database,
  { table, type, text, limit }: Asked,
  only: readonly { readonly shelf: number; readonly item: number }[],
): Promise<readonly Near[]> {
  return rows(
    database,
    living(`select shelf, item, distance from (
        select shelf, item, v operator(public.<=>) $1::public.${type} as distance
        from unnest($2::int4[], $5::int8[]) as asked (shelf, item) join ${table} using (shelf, item)
      ) every_one ${compared} limit $4`),
    [text, only.map(({ shelf }) => shelf), limit, fetched(limit), only.map(({ item }) => item)],
  );
}

/** Without the iterative scan, an index hands out its 200 best and a filter may leave none of them. */
export const indexSettings = `set local hnsw.ef_search = 200; set local hnsw.iterative_scan = relaxed_order`;

export function byIndexSql({ table, type }: Pick<Asked, 'table' | 'type'>, someItems: boolean): string {
  return living(`select shelf, item, v operator(public.<=>) $1::public.${type} as distance from ${table}
    where shelf = any($2) ${someItems ? 'and item = any($5::int8[])' : ''}
    order by v operator(public.<=>) $1::public.${type} limit $4`);
}

function byIndex(database: Database, question: Asked, items: readonly number[] | undefined): Promise<readonly Near[]> {
  const { text, shelves, limit } = question;
  return database.transaction(async (transaction) => {
    await transaction.execute(indexSettings);
    return rows(transaction, byIndexSql(question, items !== undefined), [
      text,
      shelves,
      limit,
      fetched(limit),
      ...(items === undefined ? [] : [items]),
    ]);
  });
}

async function hasAtMost(database: Database, { table, shelves }: Asked, most: number): Promise<boolean> {
  const [row] = await database.query<{ count: number }>(
    `select count(*) as count from (select 1 from ${table} where shelf = any($1) limit $2) few`,
    [shelves, most + 1],
  );
  return (row?.count ?? 0) <= most;
}
