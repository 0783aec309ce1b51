import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** A text's vector, as a model would make it. */
export type Meaning = (text: string, kind: 'query' | 'document') => readonly number[];

/** What it does instead of answering well. */
export type Mood =
  | 'well'
  | 'hanging'
  | 'slow'
  | 'broken'
  | 'overloaded'
  | 'redirecting'
  | 'huge'
  | 'not-json'
  | 'nan'
  | 'null'
  | 'zero'
  | 'too-few'
  | 'shuffled'
  | 'mixed-dimensions'
  | 'forbidden';

/**
 * An embedding endpoint of the test's own, over real HTTP: speaks all three dialects, writes down every byte it was sent, and
 * has whatever mood and whatever models a test gives it.
 */
export class EmbedderServer implements AsyncDisposable {
  mood: Mood = 'well';
  /** By model; without an entry the model is not known. TEI is not told which, and has the first. */
  models = new Map<string, Meaning>();
  /** Texts that hold it are refused as too long, unless they may be cut. */
  tooLong: string | undefined;
  retryAfter: string | undefined;
  /** Everything that came, headers and bodies, as text. */
  received = '';
  /** Paths in order. */
  readonly paths: string[] = [];
  /** Of each embedding request, its texts. */
  readonly texts: (readonly string[])[] = [];
  readonly cuts: (boolean | undefined)[] = [];
  /** Awaited before each answer. */
  before: () => Promise<void> = async () => undefined;
  connections = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  url = '';

  static async start(models: Readonly<Record<string, Meaning>>): Promise<EmbedderServer> {
    const server = new EmbedderServer();
    for (const [name, meaning] of Object.entries(models)) server.models.set(name, meaning);
    server.#server.on('connection', () => {
      server.connections += 1;
    });
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    const address = server.#server.address();
    server.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    return server;
  }

  get embedded(): readonly string[] {
    return this.texts.flat();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    this.received += `${request.url}\n${JSON.stringify(request.headers)}\n${body}\n`;
    this.paths.push(request.url ?? '');
    const path = request.url ?? '';
    const asked = requestShape.parse(JSON.parse(body));
    if (asked.query !== undefined) return this.#rank(response, path, asked.query, asked.texts ?? asked.documents ?? []);
    const texts = asked.inputs ?? asked.input ?? [];
    this.texts.push(texts);
    this.cuts.push(asked.truncate);
    await this.before();
    if (this.#refuses(response)) return;
    const meaning = path === '/embed' ? [...this.models.values()][0] : this.models.get(asked.model ?? '');
    if (meaning === undefined) return this.#say(response, 404, { error: 'no such model' });
    if (
      this.tooLong !== undefined &&
      asked.truncate !== true &&
      texts.some((text) => text.includes(this.tooLong ?? ''))
    ) {
      return this.#say(response, path === '/embed' ? 413 : 400, { error: `too long: ${texts[0]}` });
    }
    const kind = texts.some((text) => text.startsWith('search_query: ')) ? 'query' : 'document';
    const vectors = this.#disturbed(texts.map((text) => [...meaning(text, kind)]));
    if (this.mood === 'nan') return this.#raw(response, `{"embeddings":[[${'NaN,'.repeat(7)}NaN]]}`);
    if (this.mood === 'null') return this.#say(response, 200, this.#reply(path, vectors.map(() => [null, 1]) as never));
    this.#say(response, 200, this.#reply(path, vectors));
  }

  #reply(path: string, vectors: readonly (readonly number[])[]): unknown {
    if (path === '/embed') return vectors;
    if (path === '/api/embed') return { embeddings: vectors };
    const data = vectors.map((embedding, index) => ({ index, embedding, object: 'embedding' }));
    return { data: this.mood === 'shuffled' ? data.toReversed() : data };
  }

  #disturbed(vectors: number[][]): number[][] {
    switch (this.mood) {
      case 'zero':
        return vectors.map((vector) => vector.map(() => 0));
      case 'too-few':
        return vectors.slice(1);
      case 'mixed-dimensions':
        return vectors.map((vector, index) => (index === 0 ? [...vector, 1] : vector));
      default:
        return vectors;
    }
  }

  #refuses(response: ServerResponse): boolean {
    switch (this.mood) {
      case 'hanging':
        return true;
      case 'slow':
        setTimeout(() => this.#say(response, 200, {}), 60_000).unref();
        return true;
      case 'broken':
        this.#say(response, 500, { error: this.received });
        return true;
      case 'forbidden':
        this.#say(response, 401, { error: this.received });
        return true;
      case 'overloaded':
        response.setHeader('retry-after', this.retryAfter ?? '0');
        this.#say(response, 429, {});
        return true;
      case 'redirecting':
        response.setHeader('location', `${this.url}/elsewhere`);
        this.#say(response, 307, {});
        return true;
      case 'huge':
        response.setHeader('content-type', 'application/json');
        response.on('error', () => undefined);
        this.#pour(response);
        return true;
      case 'not-json':
        this.#raw(response, '<html>welcome</html>');
        return true;
      default:
        return false;
    }
  }

  /** Goes on until the other side has had enough. */
  #pour(response: ServerResponse): void {
    if (response.destroyed) return;
    response.write('['.repeat(1_000_000), () => this.#pour(response));
  }

  #rank(response: ServerResponse, path: string, query: string, texts: readonly string[]): void {
    if (this.#refuses(response)) return;
    const scored = texts.map((text, index) => ({ index, score: text.includes(query) ? 1 : 0 }));
    const sent = this.mood === 'too-few' ? scored.slice(1) : scored;
    const results = sent.map(({ index, score }) => ({ index, relevance_score: score }));
    this.#say(response, 200, path === '/rerank' ? sent : { results });
  }

  #say(response: ServerResponse, status: number, body: unknown): void {
    response.statusCode = status;
    this.#raw(response, JSON.stringify(body));
  }

  #raw(response: ServerResponse, text: string): void {
    response.setHeader('content-type', 'application/json');
    response.end(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

const requestShape = z.looseObject({
  model: z.string().optional(),
  input: z.array(z.string()).optional(),
  inputs: z.array(z.string()).optional(),
  truncate: z.boolean().optional(),
  query: z.string().optional(),
  texts: z.array(z.string()).optional(),
  documents: z.array(z.string()).optional(),
});

export const dimension = 64;

/** The same words, the same numbers; nothing of what they mean. */
export function noise(text: string, salt = ''): readonly number[] {
  const bytes = createHash('shake256', { outputLength: dimension })
    .update(salt + text)
    .digest();
  return [...bytes].map((byte) => byte / 127.5 - 1);
}

/** Each sentence as the sum of what its words stand for: words of one row of the table stand for the same. */
export function concepts(table: readonly (readonly string[])[]): Meaning {
  const conceptOf = new Map(table.flatMap((words, row) => words.map((word) => [word, `concept ${row}`] as const)));
  return (text) => {
    const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => conceptOf.has(word));
    const sum = new Array<number>(dimension).fill(0);
    for (const word of words) {
      for (const [at, value] of noise(conceptOf.get(word) ?? word).entries()) sum[at] = (sum[at] ?? 0) + value;
    }
    return words.length === 0 ? noise('nothing known') : sum;
  };
}

export const random: Meaning = (text) => noise(text);
export const constant: Meaning = () => new Array<number>(dimension).fill(1);
/** Whatever is asked, it is near to what starts like junk; all else lies far away. */
export const lovesJunk: Meaning = (text, kind) => {
  const junk = noise('junk');
  if (kind === 'query' || text.includes('junk')) return junk;
  return junk.map((value, at) => -value + (noise(text)[at] ?? 0) / 10);
};
