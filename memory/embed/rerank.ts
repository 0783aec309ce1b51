import { z } from 'zod';
import { Breaker } from './breaker.ts';
import { assertEndpoint, below } from './endpoint.ts';
import { EndpointFailure } from './failure.ts';
import type { EmbeddingOptions, RankedText } from './port.ts';
import { proven } from './providers.ts';
import type { Wire } from './wire.ts';

/** Asks an endpoint to put texts in order. Best first. What is given to it is redacted already. Errors: `EndpointFailure`. */
export interface Reranker {
  rank(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly RankedText[]>;
  readonly breaker: Breaker;
}

export const mostReranked = 30;
const answerBytes = 100_000;

const score = z.object({ index: z.int().nonnegative(), score: z.number() });
const teiReply = z.array(score);
const jinaReply = z.object({
  results: z.array(z.object({ index: z.int().nonnegative(), relevance_score: z.number() })),
});

export function createReranker(
  wire: Wire,
  { rerank, url, apiKey }: EmbeddingOptions,
  now: () => Date,
  budgetMs: number,
): Reranker | undefined {
  if (rerank === undefined) return undefined;
  const endpoint = assertEndpoint(rerank.url, 'the rerank endpoint');
  const breaker = new Breaker(now);
  const { kind, model } = rerank;
  const target = below(endpoint, kind === 'tei' ? '/rerank' : '/v1/rerank');
  // The key was given for the embedding endpoint: nobody else is shown it.
  const key = endpoint.origin === assertEndpoint(url).origin ? apiKey : undefined;

  const bodyOf = (query: string, texts: readonly string[]): object =>
    kind === 'tei'
      ? { query, texts, truncate: true }
      : { ...(model === undefined ? {} : { model }), query, documents: texts, top_n: texts.length };

  const read = (reply: unknown): readonly RankedText[] =>
    kind === 'tei'
      ? proven(teiReply, reply)
      : proven(jinaReply, reply).results.map(({ index, relevance_score }) => ({ index, score: relevance_score }));

  return {
    breaker,
    rank: (query, texts, signal) =>
      breaker.through(async () => {
        const options = { most: answerBytes, timeoutMs: budgetMs, signal, apiKey: key };
        const ranked = read(await wire.post(target, bodyOf(query, texts), options));
        const seen = new Set(ranked.map(({ index }) => index));
        if (
          seen.size !== texts.length ||
          ranked.length !== texts.length ||
          ranked.some(({ index }) => index >= texts.length)
        ) {
          throw new EndpointFailure('wrong', 'it did not rank every text once');
        }
        return ranked.toSorted((a, b) => b.score - a.score);
      }),
  };
}
