import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/store/database.ts';
import { type Model, oneAtATime, tableOf, twinOf, type VectorType, vectorTableSql } from './model.ts';

/**
 * The HNSW index, made while everything goes on.
 *
 * A server builds it by itself, in memory and on several cores. That may take longer than a statement's time limit here: then
 * this side gives up waiting, the server goes on, and the index is there when it is.
 *
 * The embedded database would stand still for a minute, and the whole process with it. There the index grows: a twin of the
 * table that has an index from the start takes the rows in small portions, and then takes the table's place in one transaction.
 *
 *   no twin ──▶ twin, growing ──▶ all rows there ──(what changed meanwhile, then renamed)──▶ the table has an index
 *
 * A crash leaves a twin behind: the next one begins it anew.
 */
export interface IndexOptions {
  /** Rows from which on an index is worth its cost. */
  readonly from: number;
  readonly signal: AbortSignal;
}

/** What pgvector can index. */
const mostDimensions: Readonly<Record<VectorType, number>> = { vector: 2_000, halfvec: 4_000 };

/** True when the table has an index now and had none; false also while a server still builds it. */
export async function makeIndex(database: Database, model: Model, { from, signal }: IndexOptions): Promise<boolean> {
  if (model.indexed || model.dimension > mostDimensions[model.type]) return false;
  const table = tableOf(model);
  const [rows] = await database.query<{ count: number }>(`select count(*) as count from ${table}`);
  if ((rows?.count ?? 0) < from || !(await canScanOn(database))) return false;
  if (database.kind === 'postgres') return build(database, model);
  await makeTwin(database, model);
  await fillTwin(database, model, signal);
  return takePlace(database, model);
}

/** From 0.8 on a filtered scan goes on until it has enough; before, every row is compared instead. */
async function canScanOn(database: Database): Promise<boolean> {
  const [row] = await database.query<{ version: string }>(
    `select extversion as version from pg_extension where extname = 'vector'`,
  );
  const [major = 0, minor = 0] = (row?.version ?? '').split('.').map(Number);
  return major > 0 || minor >= 8;
}

async function build(database: Database, model: Model): Promise<boolean> {
  if (await isBuilding(database, model)) return false;
  try {
    // One message, so that it is one transaction, which the server ends by itself when nobody waits for it any more.
    await database.execute(`set local statement_timeout = 0;
      create index if not exists vector_${model.id}_hnsw on ${tableOf(model)} using ${hnsw(model.type)}`);
    return true;
  } catch (error) {
    if (await isBuilding(database, model)) return false;
    throw error;
  }
}

async function isBuilding(database: Database, model: Model): Promise<boolean> {
  const rows = await database.query(
    'select 1 as one from pg_stat_progress_create_index where relid = to_regclass($1)',
    [tableOf(model)],
  );
  return rows.length > 0;
}

function hnsw(type: VectorType): string {
  return `hnsw (v public.${type}_cosine_ops) with (m = 16, ef_construction = 64)`;
}

async function makeTwin(database: Database, model: Model): Promise<void> {
  const twin = twinOf(model);
  await database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    await transaction.execute(`drop table if exists ${twin};
      ${vectorTableSql(twin, model.type, model.dimension)};
      create index on ${twin} using ${hnsw(model.type)}`);
  });
}

/** What one portion should take: other queries wait for it. */
const portionMs = 100;
const mostRows = 1_000;

async function fillTwin(database: Database, model: Model, signal: AbortSignal): Promise<void> {
  let last = { shelf: 0, item: 0 };
  let portion = 16;
  for (;;) {
    signal.throwIfAborted();
    const begun = performance.now();
    const [moved] = await database.query<{ shelf: number; item: number }>(
      `with moved as (
         insert into ${twinOf(model)} select shelf, item, hash, v from ${tableOf(model)}
         where (shelf, item) > ($1, $2) order by shelf, item limit $3
         on conflict (shelf, item) do nothing returning shelf, item
       ) select shelf, item from moved order by shelf desc, item desc limit 1`,
      [last.shelf, last.item, portion],
    );
    if (moved === undefined) return;
    last = moved;
    const took = Math.max(1, performance.now() - begun);
    portion = Math.round(Math.min(mostRows, Math.max(8, portion * Math.min(2, portionMs / took))));
    // The other half of the time is for those who wait.
    await sleep(Math.min(took, portionMs), undefined, { signal });
  }
}

async function takePlace(database: Database, model: Model): Promise<boolean> {
  const [table, twin] = [tableOf(model), twinOf(model)];
  const [name] = table.split('.').slice(1);
  return database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const [there] = await transaction.query<{ both: boolean }>(
      'select to_regclass($1) is not null and to_regclass($2) is not null as both',
      [table, twin],
    );
    // Another daemon was faster, or the model is gone.
    if (there?.both !== true) return false;
    await transaction.execute(`lock table ${table} in access exclusive mode;
      delete from ${twin} n where not exists (
        select 1 from ${table} t where t.shelf = n.shelf and t.item = n.item and t.hash = n.hash);
      insert into ${twin} select t.* from ${table} t where not exists (
        select 1 from ${twin} n where n.shelf = t.shelf and n.item = t.item);
      drop table ${table};
      alter table ${twin} rename to ${name};
      alter table ${table} rename constraint ${name}_indexed_pkey to ${name}_pkey`);
    return true;
  });
}
