import type { Database } from '../../src/store/database.ts';
import { countEmbeddable } from './embeddable.ts';
import { isOfKind, type Model, type ModelKind, readModels, tableOf } from './model.ts';
import type { DenseStanding } from './port.ts';

export const nothing: Omit<DenseStanding, 'state' | 'reason'> = {
  model: undefined,
  next: undefined,
  dimension: undefined,
  embedded: 0,
  total: 0,
  share: 0,
  calibratedOn: undefined,
  index: 'none',
};

/** Sections and entries alike are counted, of all shelves: it tells how many, never which. */
export async function standingOf(
  database: Database,
  kind: ModelKind,
  trouble: {
    readonly endpoint: string | undefined;
    readonly rerank: string | undefined;
    /** Texts that the endpoint does not take. */
    readonly refused: number;
  },
): Promise<DenseStanding> {
  const models = await readModels(database);
  const active = models.find((model) => model.active);
  const target = models.findLast((model) => isOfKind(model, kind));
  const total = await countEmbeddable(database);
  const embedded = target === undefined ? 0 : await countVectors(database, target);
  const filled = target?.active === true && embedded >= total * 0.99;
  const reasons = [
    ...(trouble.endpoint === undefined ? [] : [`the embedding endpoint: ${trouble.endpoint}`]),
    ...(trouble.rerank === undefined ? [] : [`the rerank endpoint: ${trouble.rerank}`]),
    ...(trouble.refused === 0 ? [] : [`texts that the embedding endpoint refuses: ${trouble.refused}`]),
  ];
  return {
    state: trouble.endpoint !== undefined ? 'away' : filled ? 'ready' : 'filling',
    model: active?.identity.model,
    next: target?.active === true ? undefined : kind.model,
    dimension: (active ?? target)?.dimension,
    embedded,
    total,
    share: active?.share ?? 0,
    calibratedOn: active?.calibratedOn,
    index: active === undefined ? 'none' : active.indexed ? 'hnsw' : 'exact',
    reason: reasons.length === 0 ? undefined : reasons.join('; '),
  };
}

async function countVectors(database: Database, model: Model): Promise<number> {
  const [row] = await database.query<{ count: number }>(`select count(*) as count from ${tableOf(model)}`);
  return row?.count ?? 0;
}
