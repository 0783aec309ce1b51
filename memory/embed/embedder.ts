import { setTimeout as sleep } from 'node:timers/promises';
import { Breaker } from './breaker.ts';
import { assertEndpoint, below } from './endpoint.ts';
import { EndpointFailure } from './failure.ts';
import type { EmbeddingOptions } from './port.ts';
import type { Prefixes } from './prefixes.ts';
import { dialectOf } from './providers.ts';
import type { Wire } from './wire.ts';

/** Turns texts into vectors of length 1. What is given to it is redacted already. Errors of all of it: `EndpointFailure`. */
export interface Embedder {
  /** One question, within the budget of a recall. */
  query(text: string, signal: AbortSignal): Promise<Float32Array>;
  /** In batches, with patience. Undefined: this text is refused, however short it is made. All of one dimension. */
  many(
    kind: keyof Prefixes,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | undefined)[]>;
  readonly breaker: Breaker;
}

export interface EmbedderOptions {
  readonly wire: Wire;
  readonly options: EmbeddingOptions;
  readonly prefixes: Prefixes;
  now(): Date;
  readonly queryBudgetMs: number;
  readonly batchTimeoutMs: number;
  /** What is waited before the second attempt, at most; each further one waits twice as long. */
  readonly firstWaitMs: number;
}

export const batchSize = 32;
const attempts = 3;
const longestWaitMs = 30_000;
/** Room for 16,000 numbers, written out. */
const bytesPerVector = 400_000;

export function createEmbedder({ wire, options, prefixes, now, ...times }: EmbedderOptions): Embedder {
  const endpoint = assertEndpoint(options.url);
  const dialect = dialectOf(options);
  const target = below(endpoint, dialect.path);
  const breaker = new Breaker(now);

  const ask = async (
    kind: keyof Prefixes,
    texts: readonly string[],
    cut: boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> => {
    const prefixed = texts.map((text) => prefixes[kind] + text);
    const most = bytesPerVector * texts.length + 10_000;
    return breaker.through(async () => {
      const reply = await wire.post(target, dialect.body(prefixed, cut), {
        most,
        timeoutMs,
        signal,
        apiKey: options.apiKey,
      });
      const vectors = dialect.read(reply);
      if (vectors.length !== texts.length) {
        throw new EndpointFailure('wrong', 'it answered with another number of vectors');
      }
      return ofOneDimension(vectors.map(normalised));
    });
  };

  const patiently = async (
    kind: keyof Prefixes,
    texts: readonly string[],
    cut: boolean,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(kind, texts, cut, times.batchTimeoutMs, signal);
      } catch (error) {
        const again = error instanceof EndpointFailure && error.kind === 'busy' && attempt < attempts;
        if (!again || breaker.waitMs > 0) throw error;
        // Jitter: daemons that failed together do not come back together.
        const wait = times.firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
        await sleep(Math.min(Math.max(wait, error.waitMs ?? 0), longestWaitMs), undefined, { signal });
      }
    }
  };

  /** A batch that is refused is halved until the text that is to blame stands alone; that one is cut, then given up. */
  const batch = async (
    kind: keyof Prefixes,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | undefined)[]> => {
    try {
      return await patiently(kind, texts, false, signal);
    } catch (error) {
      if (!isRefusedText(error)) throw error;
    }
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return [await cutShort(kind, only, signal)];
    const half = Math.ceil(texts.length / 2);
    const first = await batch(kind, texts.slice(0, half), signal);
    return [...first, ...(await batch(kind, texts.slice(half), signal))];
  };

  const cutShort = async (
    kind: keyof Prefixes,
    text: string,
    signal: AbortSignal,
  ): Promise<Float32Array | undefined> => {
    // First by the endpoint, which knows where; then here.
    for (const share of dialect.cuts ? [1, 0.5, 0.25] : [0.5, 0.25]) {
      try {
        const [vector] = await patiently(kind, [firstOf(text, share)], true, signal);
        return vector;
      } catch (error) {
        if (!isRefusedText(error)) throw error;
      }
    }
    return undefined;
  };

  return {
    breaker,
    async query(text, signal) {
      const [vector] = await ask('query', [text], true, times.queryBudgetMs, signal);
      if (vector === undefined) throw new EndpointFailure('wrong', 'it answered with no vector');
      return vector;
    },
    async many(kind, texts, signal) {
      const vectors: (Float32Array | undefined)[] = [];
      for (let at = 0; at < texts.length; at += batchSize) {
        vectors.push(...(await batch(kind, texts.slice(at, at + batchSize), signal)));
      }
      ofOneDimension(vectors.filter((vector) => vector !== undefined));
      return vectors;
    },
  };
}

function isRefusedText(error: unknown): boolean {
  return error instanceof EndpointFailure && error.kind === 'text';
}

function firstOf(text: string, share: number): string {
  const characters = [...text];
  return characters.slice(0, Math.ceil(characters.length * share)).join('');
}

/** Of length 1, whatever the endpoint does: cosines of vectors that are not are no cosines. */
function normalised(vector: readonly number[]): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!(length > 0 && Number.isFinite(length))) {
    throw new EndpointFailure('wrong', 'it answered with a vector that has no direction');
  }
  return Float32Array.from(vector, (value) => value / length);
}

function ofOneDimension(vectors: readonly Float32Array[]): readonly Float32Array[] {
  const [first] = vectors;
  if (vectors.some((vector) => vector.length !== first?.length)) {
    throw new EndpointFailure('wrong', 'it answered with vectors of different dimensions');
  }
  return vectors;
}
