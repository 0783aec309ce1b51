import type { Redact } from '../../src/kit/index.ts';
import type { Database } from '../../src/store/database.ts';
import { claim, release } from './claims.ts';
import { countEmbeddable, embeddable } from './embeddable.ts';
import { batchSize, type Embedder } from './embedder.ts';
import { EndpointFailure } from './failure.ts';
import { type Model, tableOf } from './model.ts';
import { vectorText } from './nearest.ts';

/** One walk over all shelves: embeds what is missing or changed. */
export interface Walk {
  readonly total: number;
  /** Without a vector of their present text when the walk was over. */
  readonly missing: number;
  /** Of the missing, those whose text the endpoint refuses. */
  readonly refused: number;
  readonly embedded: number;
  /** Milliseconds that the database took to be looked through. */
  readonly lookMs: number;
}

export interface WalkOptions {
  readonly database: Database;
  readonly model: Model;
  readonly embedder: Embedder;
  readonly redact: Redact;
  /** `shelf/item` → hash of the text that was refused: it is not sent again until it changes. */
  readonly refused: Map<string, string>;
  progress(done: number, total: number): void;
  readonly signal: AbortSignal;
}

/** Rows looked at with one statement: others wait for it. */
const portion = 1_000;

/** Errors: `EndpointFailure`, those of the database. What was embedded until then stays. */
export async function walk(options: WalkOptions): Promise<Walk> {
  const { database, model, refused, progress, signal } = options;
  const expected = await countEmbeddable(database);
  const shelves = await database.query<{ id: number }>('select id from castellan.shelf order by id');
  let [total, missing, embedded, refusals, lookMs] = [0, 0, 0, 0, 0];
  for (const { id: shelf } of shelves) {
    for (let after = 0; ; ) {
      signal.throwIfAborted();
      const started = performance.now();
      const rows = await database.query<{ item: number; hash: Uint8Array; wanted: boolean }>(
        `select e.item, e.hash, v.hash is distinct from e.hash as wanted
         from ${embeddable} e left join ${tableOf(model)} v on v.shelf = e.shelf and v.item = e.item
         where e.shelf = $1 and e.item > $2 order by e.item limit $3`,
        [shelf, after, portion],
      );
      lookMs += performance.now() - started;
      total += rows.length;
      const wanted = rows.filter((row) => row.wanted);
      const open = wanted.filter(({ item, hash }) => refused.get(`${shelf}/${item}`) !== hex(hash));
      let done = 0;
      for (let at = 0; at < open.length; at += batchSize) {
        done += await embedSome(
          options,
          shelf,
          open.slice(at, at + batchSize).map(({ item }) => item),
        );
        progress(total - wanted.length + done, Math.max(expected, total));
      }
      missing += wanted.length - done;
      embedded += done;
      refusals += wanted.filter(({ item, hash }) => refused.get(`${shelf}/${item}`) === hex(hash)).length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < portion) break;
      after = last.item;
    }
  }
  progress(total - missing, total);
  return { total, missing, embedded, refused: refusals, lookMs };
}

/** How many of them got their vector here. What another daemon holds is passed over. */
async function embedSome(options: WalkOptions, shelf: number, items: readonly number[]): Promise<number> {
  const { database, model, embedder, redact, refused, signal } = options;
  const ours = await claim(database, model, shelf, items);
  if (ours.length === 0) return 0;
  try {
    // Read after they were claimed: another may just have embedded them, or they may be gone.
    const texts = await database.query<{ item: number; hash: Uint8Array; text: string }>(
      `select e.item, e.hash, e.text
       from ${embeddable} e left join ${tableOf(model)} v on v.shelf = e.shelf and v.item = e.item
       where e.shelf = $1 and e.item = any($2) and v.hash is distinct from e.hash order by e.item`,
      [shelf, ours],
    );
    const vectors = await embedder.many(
      'document',
      texts.map(({ text }) => redact(text).text),
      signal,
    );
    const rows = texts.flatMap(({ item, hash }, index) => {
      const vector = vectors[index];
      if (vector === undefined) {
        refused.set(`${shelf}/${item}`, hex(hash));
        return [];
      }
      if (vector.length !== model.dimension) {
        throw new EndpointFailure('wrong', `it answers with ${vector.length} dimensions and had ${model.dimension}`);
      }
      return { item, hash, vector };
    });
    return await keep(database, model, shelf, rows);
  } finally {
    await release(database, model, shelf, ours);
  }
}

/** Only what still lives, is still not sensitive and still has this text. */
async function keep(
  database: Database,
  model: Model,
  shelf: number,
  rows: readonly { readonly item: number; readonly hash: Uint8Array; readonly vector: Float32Array }[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const kept = await database.query(
    `insert into ${tableOf(model)} (shelf, item, hash, v)
     select $1, made.item, made.hash, made.v::public.${model.type}
     from unnest($2::int8[], $3::bytea[], $4::text[]) as made (item, hash, v)
     join ${embeddable} e on e.shelf = $1 and e.item = made.item and e.hash = made.hash
     on conflict (shelf, item) do update set hash = excluded.hash, v = excluded.v returning item`,
    [shelf, rows.map(({ item }) => item), rows.map(({ hash }) => hash), rows.map(({ vector }) => vectorText(vector))],
  );
  return kept.length;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
