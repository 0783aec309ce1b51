import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dimension, EmbedderServer, noise } from './embedder.fixture.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import type { EmbeddingOptions } from './port.ts';
import { prefixesOf } from './prefixes.ts';
import { openWire, type Wire } from './wire.ts';

const signal = AbortSignal.timeout(3_600_000);

describe('an embedder', () => {
  let server: EmbedderServer;
  let wire: Wire;
  beforeEach(async () => {
    server = await EmbedderServer.start({ 'some-model': (text) => noise(text).map((value) => value * 7) });
    wire = openWire();
  });
  afterEach(async () => {
    await wire[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const embedder = (options: Partial<EmbeddingOptions> = {}, times: { batchTimeoutMs?: number } = {}): Embedder =>
    createEmbedder({
      wire,
      options: {
        provider: 'ollama',
        url: server.url,
        model: 'some-model',
        apiKey: undefined,
        dimensions: undefined,
        rerank: undefined,
        ...options,
      },
      prefixes: prefixesOf(options.model ?? 'some-model'),
      now: () => new Date(),
      queryBudgetMs: 500,
      batchTimeoutMs: 2_000,
      firstWaitMs: 5,
      ...times,
    });

  it.each([
    ['openai', '/v1/embeddings', { model: 'some-model', input: ['one'], encoding_format: 'float', dimensions: 64 }],
    ['ollama', '/api/embed', { model: 'some-model', input: ['one'], truncate: false, dimensions: 64 }],
    ['tei', '/embed', { inputs: ['one'], truncate: false, normalize: true, dimensions: 64 }],
  ] as const)('speaks %s', async (provider, path, body) => {
    const [vector] = await embedder({ provider, dimensions: 64 }).many('document', ['one'], signal);
    expect(vector).toHaveLength(dimension);
    const [, , sent = ''] = server.received.split('\n');
    expect([server.paths, JSON.parse(sent)]).toEqual([[path], body]);
  });

  it('makes every vector one long', async () => {
    for (const vector of await embedder().many('document', ['one', 'two'], signal)) {
      expect(vector?.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });

  it('asks for 32 at a time, and keeps their order, even when they come back in another', async () => {
    server.mood = 'shuffled';
    const texts = Array.from({ length: 70 }, (_, number) => `text ${number}`);
    const vectors = await embedder({ provider: 'openai' }).many('document', texts, signal);
    expect(server.texts.map(({ length }) => length)).toEqual([32, 32, 6]);
    server.mood = 'well';
    const [alone] = await embedder({ provider: 'openai' }).many('document', ['text 41'], signal);
    expect(vectors[41]).toEqual(alone);
  });

  it('says before a text what the model was trained to see', async () => {
    server.models.set('nomic-embed-text', noise);
    const nomic = embedder({ model: 'nomic-embed-text' });
    await nomic.query('where', signal);
    await nomic.many('document', ['here'], signal);
    expect(server.embedded).toEqual(['search_query: where', 'search_document: here']);
  });

  it('tries again when it may help, and waits as long as it is told to', async () => {
    server.mood = 'broken';
    server.before = async () => {
      if (server.texts.length === 3) server.mood = 'well';
    };
    expect(await embedder().many('document', ['one'], signal)).toHaveLength(1);
    expect(server.texts).toHaveLength(3);

    server.mood = 'overloaded';
    server.retryAfter = '1';
    server.before = async () => {
      if (server.texts.length === 5) server.mood = 'well';
    };
    const begun = performance.now();
    await embedder().many('document', ['one'], signal);
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  it('does not try again what cannot help', async () => {
    server.mood = 'forbidden';
    await expect(embedder().many('document', ['one'], signal)).rejects.toMatchObject({ kind: 'wrong' });
    expect(server.texts).toHaveLength(1);
  });

  it('finds the text that is refused among its batch, has it cut, and only then gives it up', async () => {
    server.tooLong = 'long';
    const texts = [...Array.from({ length: 7 }, (_, number) => `text ${number}`), 'long'];
    const cut = await embedder().many('document', texts, signal);
    expect(cut.every((vector) => vector !== undefined)).toBe(true);
    expect(server.cuts.filter((may) => may === true)).toHaveLength(1);
    // This dialect has no word for cutting.
    const refused = await embedder({ provider: 'openai' }).many('document', texts.with(7, 'long'.repeat(8)), signal);
    expect(refused.map((vector) => vector === undefined)).toEqual(texts.map((text) => text === 'long'));
  });

  it('gives up within its budget, and its connection with it', async () => {
    server.mood = 'hanging';
    const begun = performance.now();
    await expect(embedder().query('where', signal)).rejects.toMatchObject({
      kind: 'busy',
      message: 'it did not answer in time',
    });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('follows no redirect, reads no endless answer', async () => {
    server.mood = 'redirecting';
    await expect(embedder().query('where', signal)).rejects.toMatchObject({ message: 'it answered 307' });
    expect(server.paths).toEqual(['/api/embed']);
    server.mood = 'huge';
    await expect(embedder({}).query('where', signal)).rejects.toMatchObject({
      message: expect.stringMatching(/^(its answer has more than 410000 bytes|it did not answer in time)$/),
    });
  });

  it.each(['not-json', 'nan', 'null', 'zero', 'too-few', 'mixed-dimensions'] as const)(
    'takes no answer that is %s',
    async (mood) => {
      server.mood = mood;
      await expect(embedder().many('document', ['one', 'two'], signal)).rejects.toMatchObject({ kind: 'wrong' });
    },
  );

  it('sends the key as it is now, and tells nobody: not even when the endpoint repeats it', async () => {
    let key = 'sk-first-canary';
    const keyed = embedder({ apiKey: () => key });
    await keyed.query('where', signal);
    key = 'sk-second-canary';
    server.mood = 'forbidden';
    const error: unknown = await keyed.query('where', signal).catch((reason: unknown) => reason);
    expect(server.received).toMatch(/Bearer sk-first-canary[\s\S]*Bearer sk-second-canary/);
    expect(String(error) + JSON.stringify(error) + (error instanceof Error ? String(error.cause) : '')).not.toMatch(
      /canary/,
    );
    key = 'sk-canary\r\nx-injected: 1';
    const injected: unknown = await keyed.query('where', signal).catch((reason: unknown) => reason);
    expect(injected).toMatchObject({ kind: 'busy' });
    expect(String(injected) + (injected instanceof Error ? String(injected.cause) : '')).not.toMatch(/canary/);
    expect(server.received).not.toContain('x-injected');
  });
});

describe('what a model is told before a text', () => {
  it.each([
    ['nomic-embed-text:latest', 'search_query: ', 'search_document: '],
    ['intfloat/multilingual-e5-large', 'query: ', 'passage: '],
    ['BAAI/bge-large-en-v1.5', 'Represent this sentence for searching relevant passages: ', ''],
    ['bge-m3', '', ''],
    ['text-embedding-3-small', '', ''],
  ])('%s', (name, query, document) => {
    expect(prefixesOf(name)).toEqual({ query, document });
  });

  it('an instruction, for those that take one', () => {
    for (const name of ['Qwen/Qwen3-Embedding-0.6B', 'qwen3-embedding:8b', 'intfloat/multilingual-e5-large-instruct']) {
      expect(prefixesOf(name)).toMatchObject({ query: expect.stringMatching(/^Instruct: .+\nQuery: $/), document: '' });
    }
  });
});
