import type { Redact } from '../../src/kit/index.ts';
import type { Database } from '../../src/store/database.ts';
import { sqlStateOf } from '../../src/store/errors.ts';
import type { Features } from '../../src/store/features.ts';
import { memoryError } from '../errors.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import { EndpointFailure } from './failure.ts';
import { createFilling } from './filling.ts';
import { kindOf, type Model, type ModelKind, readModels } from './model.ts';
import { mostExact, nearestVectors } from './nearest.ts';
import type { Dense, EmbeddingOptions, Near, NearestOptions } from './port.ts';
import { createReranker, mostReranked } from './rerank.ts';
import { nothing, standingOf } from './standing.ts';
import { sweep } from './sweep.ts';
import { createWaker } from './waker.ts';
import { openWire } from './wire.ts';

export interface DenseDependencies {
  readonly database: Database;
  readonly features: Features;
  /** Undefined: lexical only. */
  readonly embedding: EmbeddingOptions | undefined;
  /** As an agent's words are redacted; nothing leaves for an endpoint without it. */
  readonly redact: Redact;
  now(): Date;
  readonly log: { warn(fields: object, message: string): void };
}

/** How patient it is; all of it in milliseconds, but for `indexFrom` and `exactUpTo`, which are rows. */
export interface DenseTuning {
  readonly queryBudgetMs: number;
  readonly rerankBudgetMs: number;
  readonly batchTimeoutMs: number;
  readonly firstWaitMs: number;
  readonly againMs: number;
  readonly indexFrom: number;
  readonly exactUpTo: number;
}

const usual: DenseTuning = {
  queryBudgetMs: 3_000,
  rerankBudgetMs: 800,
  batchTimeoutMs: 30_000,
  firstWaitMs: 500,
  againMs: 2_000,
  indexFrom: mostExact,
  exactUpTo: mostExact,
};

/**
 * Opens nothing and asks nobody until it is woken or asked. One per process: it holds the connections to the endpoint.
 * Errors: `embedding-unconfigured` when an address may not be used.
 */
export function openDense(
  { database, features, embedding, redact, now, log }: DenseDependencies,
  tuning: Partial<DenseTuning> = {},
): Dense & AsyncDisposable {
  if (embedding === undefined || !features.vector) return absent(database, embedding !== undefined, log);
  const times = { ...usual, ...tuning };
  const wire = openWire();
  const embedderOf = (kind: ModelKind): Embedder =>
    createEmbedder({
      wire,
      options: { ...embedding, model: kind.model, dimensions: kind.dimensions ?? undefined },
      prefixes: kind,
      now,
      ...times,
    });
  const kind = kindOf(embedding);
  const embedder = embedderOf(kind);
  const reranker = createReranker(wire, embedding, now, times.rerankBudgetMs);
  const filling = createFilling({
    database,
    features,
    kind,
    embedder,
    // TEI has one model and is not told which is meant.
    embedderOf: (other) =>
      other.provider === embedding.provider && other.provider !== 'tei' ? embedderOf(other) : undefined,
    redact,
    now,
    log,
    ...times,
  });

  const active = async (): Promise<Model | undefined> => (await readModels(database)).find((model) => model.active);

  const find = async (text: string, options: NearestOptions): Promise<readonly Near[] | undefined> => {
    const model = await active();
    const asking = model === undefined ? undefined : filling.embedderFor(model);
    if (model === undefined || asking === undefined) return undefined;
    const vector = await asking.query(text, options.signal);
    if (vector.length !== model.dimension) return undefined;
    return nearestVectors(database, model, vector, options, times.exactUpTo);
  };

  return {
    wake: filling.wake,
    async nearest(query, options) {
      if (options.shelves.length === 0 || options.limit < 1) return [];
      const text = redact(query).text;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await find(text, options);
        } catch (error) {
          if (options.signal.aborted) throw options.signal.reason;
          // Another daemon switched models between the two statements.
          if (sqlStateOf(error) === noSuchTable && attempt === 1) continue;
          // The breaker keeps the reason of an endpoint; recall goes on by words.
          if (!(error instanceof EndpointFailure)) log.warn({ err: error }, 'embedding.unread');
          return undefined;
        }
      }
    },
    share: async () => (await active())?.share ?? 0,
    async rerank(query, texts, signal) {
      if (reranker === undefined || texts.length === 0) return undefined;
      try {
        const sent = texts.slice(0, mostReranked).map((text) => redact(text).text);
        return await reranker.rank(redact(query).text, sent, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!(error instanceof EndpointFailure)) throw error;
        return undefined;
      }
    },
    standing: () =>
      standingOf(database, kind, {
        endpoint: filling.trouble ?? embedder.breaker.reason,
        rerank: reranker?.breaker.reason,
        refused: filling.refused,
      }),
    async reembed(progress, signal) {
      const done = await filling.remake(progress, signal);
      filling.wake();
      return done;
    },
    async [Symbol.asyncDispose]() {
      await filling[Symbol.asyncDispose]();
      await wire[Symbol.asyncDispose]();
    },
  };
}

const noSuchTable = '42P01';

/** Without an endpoint or pgvector: nothing is found, and what vectors are left of an earlier configuration is kept clean. */
function absent(database: Database, configured: boolean, log: DenseDependencies['log']): Dense & AsyncDisposable {
  const ending = new AbortController();
  const reason = configured ? 'this database has no pgvector' : undefined;
  const waker = createWaker(async () => {
    const started = performance.now();
    try {
      await sweep(database, ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) log.warn({ err: error }, 'embedding.unswept');
    }
    return performance.now() - started;
  });
  return {
    wake: waker.wake,
    nearest: async () => undefined,
    share: async () => 0,
    rerank: async () => undefined,
    standing: async () => ({ ...nothing, state: configured ? 'unsupported' : 'unconfigured', reason }),
    async reembed() {
      if (!configured) {
        throw memoryError('embedding-unconfigured', {
          message: 'no embedding endpoint is configured',
          next: 'name one under `memory.embeddings` in castellan.yaml',
        });
      }
      throw memoryError('embedding-failed', {
        message: `vectors cannot be kept: ${reason}`,
        next: 'install pgvector on the database server and start the daemon again',
      });
    },
    async [Symbol.asyncDispose]() {
      ending.abort(new DOMException('memory is closed', 'AbortError'));
      await waker[Symbol.asyncDispose]();
    },
  };
}
