import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CastellanError, Redact } from '../../src/kit/index.ts';
import type { Database } from '../../src/store/database.ts';
import type { Features } from '../../src/store/features.ts';
import { createTurns } from '../../src/store/turns.ts';
import { memoryError } from '../errors.ts';
import { type Walk, walk } from './backfill.ts';
import { fewestSubjects } from './calibrate.ts';
import { alone, forgetClaims, tasks } from './claims.ts';
import type { Embedder } from './embedder.ts';
import { EndpointFailure } from './failure.ts';
import { activate, isOfKind, type Model, type ModelKind, makeModel, readModels, writeShare } from './model.ts';
import { measureOnStore, stillServes } from './sample.ts';
import { sweep } from './sweep.ts';
import { makeIndex } from './vector-index.ts';
import { createWaker } from './waker.ts';

/**
 * Keeps the vectors in step with the entries, in the background.
 *
 *   asleep ──wake()──▶ target found or made ──▶ walk: embeds what is missing ──(99 %)──▶ share measured ──▶ active ──▶ index
 *     ▲                     │ endpoint or database fails         │ others hold rows                                  │
 *     └─────────────────────┴──(again in a while)────────────────┴───────────────────────────────────────────────────┘
 *
 * Each step finds out for itself what is done already, so it does not matter where a process was killed.
 */
export interface Filling extends AsyncDisposable {
  wake(): void;
  /** Errors: `embedding-failed`. */
  remake(progress: (done: number, total: number) => void, signal: AbortSignal): Promise<{ readonly embedded: number }>;
  /** That asks with the model this table was filled with; undefined: the endpoint does not have it, as far as is known. */
  embedderFor(model: Model): Embedder | undefined;
  /** Why it did not get on; undefined: it did. */
  readonly trouble: string | undefined;
  /** Texts that the endpoint does not take, however short they are cut. */
  readonly refused: number;
}

export interface FillingOptions {
  readonly database: Database;
  readonly features: Features;
  readonly kind: ModelKind;
  readonly embedder: Embedder;
  /** For another model at the same endpoint, or undefined where an endpoint has but one. */
  embedderOf(kind: ModelKind): Embedder | undefined;
  readonly redact: Redact;
  now(): Date;
  readonly log: { warn(fields: object, message: string): void };
  readonly againMs: number;
  readonly indexFrom: number;
}

const enough = 0.99;
const longestNapMs = 60_000;

export function createFilling(options: FillingOptions): Filling {
  const { database, kind, embedder, redact, now, log } = options;
  const ending = new AbortController();
  const turns = createTurns();
  // Whoever asks may be inside a transaction, and the work is not part of it.
  const outside = AsyncLocalStorage.snapshot();
  const refused = new Map<string, string>();
  const older = new Map<number, Embedder>();
  let trouble: string | undefined;
  /** The target that the endpoint was seen to serve. */
  let proved: number | undefined;
  let firstLook = database.kind === 'embedded';

  const again = (ms: number): void => waker.later(Math.min(Math.max(ms, options.againMs), longestNapMs));

  const attempt = async (): Promise<number> => {
    const started = performance.now();
    let lookMs = 0;
    try {
      await sweep(database, ending.signal);
      lookMs = performance.now() - started;
      const target = await findTarget(ending.signal);
      await seekOlder(target, ending.signal);
      const walked = await walkOver(target, () => undefined, ending.signal);
      lookMs += walked.lookMs;
      const done = await finish(target, walked, ending.signal);
      trouble = undefined;
      if (!done) again(options.againMs);
    } catch (error) {
      if (ending.signal.aborted) return 0;
      const reason = error instanceof EndpointFailure ? error.message : 'the database refused';
      // Once, and not each time it is tried again.
      if (reason !== trouble)
        log.warn(error instanceof EndpointFailure ? { reason } : { err: error }, 'embedding.away');
      trouble = reason;
      if (error instanceof EndpointFailure && error.kind === 'wrong') proved = undefined;
      again(embedder.breaker.waitMs * (1 + Math.random() / 4) || options.againMs * 5);
    }
    return lookMs;
  };

  const waker = createWaker(() => turns.take(attempt));

  const walkOver = (
    model: Model,
    progress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<Walk> => walk({ database, model, embedder, redact, refused, progress, signal });

  /** The last turn of the configured kind, if the endpoint still makes the same vectors; else a new one. */
  const findTarget = async (signal: AbortSignal): Promise<Model> => {
    const last = (await readModels(database)).findLast((model) => isOfKind(model, kind));
    if (last !== undefined && last.id === proved) return last;
    const [probe] = await embedder.many('document', ['castellan'], signal);
    if (probe === undefined) throw new EndpointFailure('wrong', 'it refuses even a single word');
    if (last === undefined) return newTurn(1, probe.length);
    if (firstLook) await forgetClaims(database, last);
    firstLook = false;
    if (last.dimension === probe.length && (await stillServes({ database, model: last, redact, signal }, embedder))) {
      proved = last.id;
      return last;
    }
    log.warn({ model: kind.model }, 'embedding.changed');
    return newTurn(last.identity.turn + 1, probe.length);
  };

  const newTurn = async (turn: number, dimension: number): Promise<Model> => {
    await makeModel(database, options.features, { ...kind, turn }, dimension, now());
    const made = (await readModels(database)).findLast((model) => isOfKind(model, kind));
    if (made === undefined) throw new Error('a model that was just made is not there');
    proved = made.id;
    return made;
  };

  /** While another model is active, recall asks with it, if the endpoint has it too. */
  const seekOlder = async (target: Model, signal: AbortSignal): Promise<void> => {
    const active = (await readModels(database)).find((model) => model.active);
    if (active === undefined || active.id === target.id || isOfKind(active, kind) || older.has(active.id)) return;
    const other = options.embedderOf(active.identity);
    if (other === undefined) return;
    try {
      if (await stillServes({ database, model: active, redact, signal }, other)) older.set(active.id, other);
    } catch (error) {
      // It does not have the old model any more, or not just now: recall is lexical until the switch.
      if (!(error instanceof EndpointFailure)) throw error;
    }
  };

  /** True when nothing is left to do. */
  const finish = async (
    target: Model,
    { total, missing, refused: no }: Walk,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (total - missing < enough * total) return missing === no;
    if (isDue(target, total - missing)) {
      const measured = await alone(database, target, tasks.calibrate, async () => {
        const share = await measureOnStore({ database, model: target, embedder, redact, signal });
        await writeShare(database, target, { share, on: total - missing, at: now() });
        return true;
      });
      if (measured !== true) return false;
    }
    if (!target.active) {
      await activate(database, target);
      older.clear();
    }
    await alone(database, target, tasks.index, () => makeIndex(database, target, { from: options.indexFrom, signal }));
    return missing === no;
  };

  const remake: Filling['remake'] = (progress, signal) =>
    outside(() =>
      turns.take(async () => {
        const either = AbortSignal.any([signal, ending.signal]);
        try {
          const found = await findTarget(either);
          // One that is not active yet is being made anew already.
          const target = found.active ? await newTurn(found.identity.turn + 1, found.dimension) : found;
          let embedded = 0;
          for (;;) {
            const walked = await walkOver(target, progress, either);
            embedded += walked.embedded;
            if (await finish(target, walked, either)) {
              if (walked.total - walked.missing >= enough * walked.total) return { embedded };
              throw new EndpointFailure('text', `it refuses ${walked.refused} of ${walked.total} texts`);
            }
            await sleep(options.againMs, undefined, { signal: either });
          }
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (!(error instanceof EndpointFailure)) throw error;
          throw failed(error);
        }
      }),
    );

  return {
    wake: waker.wake,
    remake,
    embedderFor: (model) => (isOfKind(model, kind) ? embedder : older.get(model.id)),
    get trouble() {
      return trouble;
    },
    get refused() {
      return refused.size;
    },
    async [Symbol.asyncDispose]() {
      ending.abort(new DOMException('memory is closed', 'AbortError'));
      await waker[Symbol.asyncDispose]();
      await turns.take(async () => undefined);
    },
  };
}

function isDue({ calibratedOn }: Model, embedded: number): boolean {
  return embedded >= fewestSubjects && (calibratedOn === undefined || embedded >= calibratedOn * 2);
}

function failed(error: EndpointFailure): CastellanError {
  return memoryError('embedding-failed', {
    message: `the embedding endpoint is of no use now: ${error.message}`,
    next: 'look at the endpoint and at `memory.embeddings` in castellan.yaml; what is made stays, and the daemon goes on by itself',
    cause: error,
  });
}
