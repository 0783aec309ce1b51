import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Redact } from '../../src/kit/index.ts';
import type { Database } from '../../src/store/database.ts';
import { type DenseTuning, openDense } from './dense.ts';
import { EmbedderServer } from './embedder.fixture.ts';
import type { Dense, DenseStanding, EmbeddingOptions } from './port.ts';
import { wise } from './riddles.fixture.ts';

export const model = 'nomic-embed-text';

/** Rows as the store writes them, by SQL. */
export class MemoryRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async shelf(owner: string, visibility: 'private' | 'public' = 'private'): Promise<number> {
    const [row] = await this.#database.query<{ id: number }>(
      `insert into castellan.shelf (kind, name, owner, visibility, readers) values ('memory', '', $1, $2, '{}')
       on conflict (kind, name, owner, visibility, readers) do update set owner = excluded.owner returning id`,
      [owner, visibility],
    );
    return row?.id ?? 0;
  }

  async corpus(name: string): Promise<number> {
    const [row] = await this.#database.query<{ id: number }>(
      `insert into castellan.shelf (kind, name, owner, visibility, readers) values ('corpus', $1, '', 'public', '{}') returning id`,
      [name],
    );
    return row?.id ?? 0;
  }

  async section(shelf: number, document: string, heading: string, content: string): Promise<number> {
    const [row] = await this.#database.query<{ id: number }>(
      `insert into castellan.section (shelf, document, position, heading, content, document_hash)
       values ($1, $2, 0, $3, $4, '\\x00') returning id`,
      [shelf, document, heading, content],
    );
    return row?.id ?? 0;
  }

  async memory(shelf: number, content: string, keywords = ''): Promise<number> {
    const [id = 0] = await this.memories(shelf, [content], keywords);
    return id;
  }

  async memories(shelf: number, contents: readonly string[], keywords = ''): Promise<readonly number[]> {
    const rows = await this.#database.query<{ id: number }>(
      `insert into castellan.memory (shelf, author, category, content, keywords, tags, importance, valid_from, recorded_at, updated_at, hash)
       select $1, 'agent:test', 'facts', content, $3, '{}', .5, now(), now(), now(), sha256(convert_to(content, 'UTF8'))
       from unnest($2::text[]) with ordinality as given (content, place) order by place returning id`,
      [shelf, contents, keywords],
    );
    return rows.map(({ id }) => id);
  }

  async sensitive(shelf: number, keywords: string): Promise<number> {
    const [row] = await this.#database.query<{ id: number }>(
      `insert into castellan.memory (shelf, author, category, cipher, sealed_with, keywords, tags, importance, valid_from, recorded_at, updated_at, hash)
       values ($1, 'agent:test', 'facts', '\\x01', 'age', $2, '{}', .5, now(), now(), now(), '\\x02') returning id`,
      [shelf, keywords],
    );
    return row?.id ?? 0;
  }

  async seal(id: number): Promise<void> {
    await this.#database.query(
      `update castellan.memory set content = null, cipher = '\\x01', sealed_with = 'age' where id = $1`,
      [id],
    );
  }

  async rewrite(id: number, content: string): Promise<void> {
    await this.#database.query('update castellan.memory set content = $2 where id = $1', [id, content]);
  }

  async remove(id: number): Promise<void> {
    await this.#database.query('update castellan.memory set deleted_at = now() where id = $1', [id]);
  }

  async moveTo(id: number, shelf: number): Promise<void> {
    await this.#database.query('update castellan.memory set shelf = $2 where id = $1', [id, shelf]);
  }

  /** Nothing is left, no table of vectors either. */
  async clear(): Promise<void> {
    const models = await this.#database.query<{ id: number }>('select id from castellan.embedding_model');
    for (const { id } of models) {
      await this.#database.execute(`drop table if exists castellan.vector_${id}, castellan.vector_${id}_claim,
        castellan.vector_${id}_indexed`);
    }
    await this.#database.execute(`delete from castellan.embedding_model; delete from castellan.memory;
      delete from castellan.section; delete from castellan.shelf`);
  }

  async vectors(): Promise<readonly { readonly shelf: number; readonly item: number }[]> {
    const models = await this.#database.query<{ id: number }>('select id from castellan.embedding_model order by id');
    const last = models.at(-1);
    return last === undefined
      ? []
      : this.#database.query(`select shelf, item from castellan.vector_${last.id} order by shelf, item`);
  }
}

export const impatient: Partial<DenseTuning> = {
  queryBudgetMs: 1_000,
  rerankBudgetMs: 1_000,
  batchTimeoutMs: 1_500,
  firstWaitMs: 20,
  againMs: 50,
};

export const asTyped: Redact = (text) => ({ text, counts: {} });

export interface Logged {
  readonly fields: object;
  readonly message: string;
}

export interface OpenOptions {
  readonly database: Database;
  readonly server: EmbedderServer;
  /** Null: none is configured. */
  readonly embedding?: Partial<EmbeddingOptions> | null;
  readonly redact?: Redact;
  readonly tuning?: Partial<DenseTuning>;
  readonly log?: Logged[];
  readonly features?: { readonly vector?: boolean; readonly halfvec?: boolean };
  readonly now?: () => Date;
}

function openFor(options: OpenOptions): Dense & AsyncDisposable {
  return openDense(
    {
      database: options.database,
      features: { vector: true, halfvec: true, pgTrgm: true, version: '18', ...options.features },
      embedding:
        options.embedding === null
          ? undefined
          : {
              provider: 'ollama',
              url: options.server.url,
              model,
              apiKey: undefined,
              dimensions: undefined,
              rerank: undefined,
              ...options.embedding,
            },
      redact: options.redact ?? asTyped,
      now: options.now ?? (() => new Date()),
      log: { warn: (fields, message) => options.log?.push({ fields, message }) },
    },
    { ...impatient, ...options.tuning },
  );
}

export async function untilState(
  dense: Dense,
  wanted: (standing: DenseStanding) => boolean,
  patienceMs = 30_000,
): Promise<DenseStanding> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const standing = await dense.standing();
    if (wanted(standing)) return standing;
    if (Date.now() > until) throw new Error(`it is still ${JSON.stringify(standing)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function whenReady(dense: Dense): Promise<DenseStanding> {
  dense.wake();
  return untilState(dense, ({ state, embedded, total }) => state === 'ready' && embedded === total);
}

export const signal = AbortSignal.timeout(3_600_000);

/** A database, an endpoint that knows what the riddles mean, and any number of daemons over both; clean for each test. */
export class DenseScene {
  readonly #open: () => Promise<Database>;
  readonly #opened: AsyncDisposable[] = [];
  readonly #said: Logged[] = [];
  #database: Database | undefined;
  #server: EmbedderServer | undefined;

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  use(): this {
    beforeAll(async () => {
      this.#database = await this.#open();
    }, 60_000);
    beforeEach(async () => {
      await this.rows.clear();
      this.#server = await EmbedderServer.start({ [model]: wise });
    });
    afterEach(async () => {
      for (const one of this.#opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
      await this.server[Symbol.asyncDispose]();
      // A fault of the database would look like a leg that has nothing to say.
      const faults = this.#said.splice(0).filter(({ message }) => /un(read|swept)$/.test(message));
      expect(faults).toEqual([]);
    });
    afterAll(() => this.database[Symbol.asyncDispose]());
    return this;
  }

  get database(): Database {
    if (this.#database === undefined) throw new Error('the database is not open yet');
    return this.#database;
  }

  get server(): EmbedderServer {
    if (this.#server === undefined) throw new Error('the endpoint is not there yet');
    return this.#server;
  }

  get rows(): MemoryRows {
    return new MemoryRows(this.database);
  }

  dense(options: Partial<OpenOptions> = {}): Dense & AsyncDisposable {
    const one = openFor({ database: this.database, server: this.server, log: this.#said, ...options });
    this.#opened.push(one);
    return one;
  }

  /** Items, nearest first. */
  async found(
    leg: Dense,
    query: string,
    shelves: readonly number[],
    limit = 5,
  ): Promise<readonly number[] | undefined> {
    return (await leg.nearest(query, { shelves, limit, signal }))?.map(({ item }) => item);
  }
}
