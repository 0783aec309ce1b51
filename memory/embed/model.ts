import { z } from 'zod';
import type { Database, Queryable } from '../../src/store/database.ts';
import type { Features } from '../../src/store/features.ts';
import type { EmbeddingOptions } from './port.ts';
import { prefixesOf } from './prefixes.ts';

/**
 * Models that vectors were made with.
 *
 *  kind      everything of the configuration that makes two vectors comparable: provider, name, dimensions asked for, prefixes.
 *            Not the address: the same model elsewhere makes the same vectors
 *  turn      vectors of one kind may have to be made anew: asked for, or the endpoint has another model under the same name.
 *            Each time is a turn, and a row of its own
 *  identity  kind and turn as one text
 *  active    asked by recall. At most one
 *  target    the last turn of the configured kind: it is filled, and becomes active when nearly all entries have its vector
 *
 *   made ──(filled to 99 %, share measured)──▶ active ──(another became active)──▶ dropped with its table
 *
 * Row and table are made in one transaction, and so are they switched and dropped: a crash leaves one state or the other.
 */
const identityShape = z.strictObject({
  provider: z.enum(['openai', 'ollama', 'tei']),
  model: z.string(),
  dimensions: z.number().nullable(),
  query: z.string(),
  document: z.string(),
  turn: z.number(),
});

export type ModelIdentity = z.output<typeof identityShape>;
export type ModelKind = Omit<ModelIdentity, 'turn'>;

export interface Model {
  readonly id: number;
  readonly identity: ModelIdentity;
  readonly dimension: number;
  readonly active: boolean;
  /** Undefined: not measured yet. */
  readonly share: number | undefined;
  readonly calibratedOn: number | undefined;
  readonly type: VectorType;
  /** It has an HNSW index. */
  readonly indexed: boolean;
}

export type VectorType = 'vector' | 'halfvec';

export function kindOf({ provider, model, dimensions }: EmbeddingOptions): ModelKind {
  return { provider, model, dimensions: dimensions ?? null, ...prefixesOf(model) };
}

export function isOfKind({ identity }: Model, kind: ModelKind): boolean {
  return identityText({ ...kind, turn: identity.turn }) === identityText(identity);
}

/** Keys in one order, because the text is compared. */
function identityText({ provider, model, dimensions, query, document, turn }: ModelIdentity): string {
  return JSON.stringify({ provider, model, dimensions, query, document, turn });
}

export function tableOf({ id }: { readonly id: number }): string {
  return `castellan.vector_${id}`;
}

/** What is being embedded just now, and by whom it is not taken a second time until then. */
export function claimsOf({ id }: { readonly id: number }): string {
  return `castellan.vector_${id}_claim`;
}

/** Oldest first. */
export async function readModels(database: Queryable): Promise<readonly Model[]> {
  const rows = await database.query<{
    id: number;
    identity: string;
    dimension: number;
    active: boolean;
    share: number | null;
    calibratedOn: number | null;
    type: string | null;
    indexed: boolean;
  }>(
    `select m.id, m.identity, m.dimension, m.active, m.dense_share as share, m.calibrated_on as "calibratedOn",
            (select t.typname::text from pg_attribute a join pg_type t on t.oid = a.atttypid
             where a.attrelid = to_regclass('castellan.vector_' || m.id) and a.attname = 'v') as type,
            exists (select 1 from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
                    where i.indrelid = to_regclass('castellan.vector_' || m.id) and am.amname = 'hnsw'
                      and i.indisvalid) as indexed
     from castellan.embedding_model m order by m.id`,
  );
  return rows.flatMap(({ identity, share, calibratedOn, type, ...row }) => {
    if (type !== 'vector' && type !== 'halfvec') return [];
    return {
      ...row,
      identity: identityShape.parse(JSON.parse(identity)),
      share: share ?? undefined,
      calibratedOn: calibratedOn ?? undefined,
      type,
    };
  });
}

/** Makes row and tables, unless somebody else did. */
export async function makeModel(
  database: Database,
  features: Features,
  identity: ModelIdentity,
  dimension: number,
  at: Date,
): Promise<void> {
  const type: VectorType = database.kind === 'postgres' && features.halfvec ? 'halfvec' : 'vector';
  await database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const [made] = await transaction.query<{ id: number }>(
      `insert into castellan.embedding_model (identity, dimension, created_at) values ($1, $2, $3)
       on conflict (identity) do nothing returning id`,
      [identityText(identity), dimension, at],
    );
    if (made === undefined) return;
    await transaction.execute(
      `${vectorTableSql(tableOf(made), type, dimension)};
       create table ${claimsOf(made)} (shelf int4, item int8, until timestamptz not null, primary key (shelf, item))`,
    );
  });
}

export function vectorTableSql(table: string, type: VectorType, dimension: number): string {
  return `create table ${table} (
    shelf int4, item int8, hash bytea not null, v public.${type}(${dimension}) not null, primary key (shelf, item))`;
}

/** Recall asks this one from now on, and those that were active or left behind before are gone. */
export async function activate(database: Database, model: Model): Promise<void> {
  await database.transaction(async (transaction) => {
    await oneAtATime(transaction);
    const models = await readModels(transaction);
    const current = models.find(({ id }) => id === model.id);
    if (current === undefined || current.active) return;
    const old = models.filter(({ active, id }) => active || id < model.id);
    await transaction.query('update castellan.embedding_model set active = false where active');
    await transaction.query('update castellan.embedding_model set active = true where id = $1', [model.id]);
    for (const one of old) {
      await transaction.query('delete from castellan.embedding_model where id = $1', [one.id]);
      await transaction.execute(`drop table ${tableOf(one)}; drop table ${claimsOf(one)};
        drop table if exists ${twinOf(one)}`);
    }
  });
}

export function twinOf(model: { readonly id: number }): string {
  return `${tableOf(model)}_indexed`;
}

/** Of all daemons, one at a time makes, switches or drops tables; until the transaction ends. */
export async function oneAtATime(transaction: Queryable): Promise<void> {
  await transaction.query(`select pg_advisory_xact_lock(hashtext('castellan.embedding_model'))`);
}

export async function writeShare(
  database: Database,
  model: Model,
  measured: { readonly share: number; readonly on: number; readonly at: Date },
): Promise<void> {
  await database.query(
    'update castellan.embedding_model set dense_share = $2, calibrated_on = $3, calibrated_at = $4 where id = $1',
    [model.id, measured.share, measured.on, measured.at],
  );
}
