import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbedderServer, noise } from './embedder.fixture.ts';
import type { EmbeddingOptions, RankedText } from './port.ts';
import { createReranker } from './rerank.ts';
import { openWire, type Wire } from './wire.ts';

const signal = AbortSignal.timeout(3_600_000);

describe('reranking', () => {
  let server: EmbedderServer;
  let wire: Wire;
  beforeEach(async () => {
    server = await EmbedderServer.start({ m: noise });
    wire = openWire();
  });
  afterEach(async () => {
    await wire[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const rank = async (
    rerank: Partial<NonNullable<EmbeddingOptions['rerank']>>,
    options: Partial<EmbeddingOptions> = {},
  ): Promise<readonly RankedText[] | undefined> => {
    const reranker = createReranker(
      wire,
      {
        provider: 'ollama',
        url: server.url,
        model: 'm',
        apiKey: () => 'sk-canary',
        dimensions: undefined,
        rerank: { kind: 'tei', url: server.url, model: undefined, ...rerank },
        ...options,
      },
      () => new Date(),
      500,
    );
    return reranker?.rank('fox', ['a hen', 'a fox', 'a hare'], signal);
  };

  it.each([
    ['tei', '/rerank'],
    ['jina', '/v1/rerank'],
  ] as const)('speaks %s, best first', async (kind, path) => {
    expect(await rank({ kind, model: 'r' })).toEqual([
      { index: 1, score: 1 },
      { index: 0, score: 0 },
      { index: 2, score: 0 },
    ]);
    expect(server.paths).toEqual([path]);
  });

  it.each(['hanging', 'broken', 'not-json', 'too-few', 'huge', 'redirecting'] as const)(
    'fails in words of its own when the endpoint is %s',
    async (mood) => {
      server.mood = mood;
      await expect(rank({})).rejects.toMatchObject({ kind: expect.stringMatching(/busy|wrong/) });
    },
  );

  it('shows the key to the endpoint it was given for, and to no other', async () => {
    await rank({});
    expect(server.received).toContain('sk-canary');
    await using other = await EmbedderServer.start({ m: noise });
    await rank({ url: other.url });
    expect(other.received).toContain('fox');
    expect(other.received).not.toContain('sk-canary');
  });

  it('goes to no address that embedding may not go to', async () => {
    await expect(rank({ url: 'http://192.0.2.7' })).rejects.toMatchObject({ code: 'embedding-unconfigured' });
  });
});
