import { setImmediate as nextTurn } from 'node:timers/promises';
import pgvector from 'pgvector';
import type { Redact } from '../../src/kit/index.ts';
import type { Database } from '../../src/store/database.ts';
import { halves, measureShare, mostStrangers, mostSubjects } from './calibrate.ts';
import { embeddable } from './embeddable.ts';
import type { Embedder } from './embedder.ts';
import { type Model, tableOf } from './model.ts';

/** Entries as they are stored, with their vectors, drawn from all shelves. */
async function drawn(
  database: Database,
  model: Model,
  most: number,
): Promise<readonly { readonly text: string; readonly vector: Float32Array }[]> {
  const rows = await database.query<{ text: string; v: string }>(
    // Drawn by a hash: as good as by lot, and the same each time.
    `select e.text, v.v::text as v
     from (select * from ${tableOf(model)} order by md5(shelf || '/' || item), shelf, item limit $1) v
     join ${embeddable} e on e.shelf = v.shelf and e.item = v.item and e.hash = v.hash
     order by md5(v.shelf || '/' || v.item), v.shelf, v.item`,
    [most],
  );
  return rows.map(({ text, v }) => ({ text, vector: vectorOf(v) }));
}

function vectorOf(text: string): Float32Array {
  const vector = pgvector.fromSql(text);
  if (!Array.isArray(vector)) throw new TypeError('a vector that is none');
  return Float32Array.from(vector);
}

/** The share this model earns on the entries of the store. Errors: `EndpointFailure`. */
export async function measureOnStore(options: {
  readonly database: Database;
  readonly model: Model;
  readonly embedder: Embedder;
  readonly redact: Redact;
  readonly signal: AbortSignal;
}): Promise<number> {
  const { database, model, embedder, redact, signal } = options;
  const sample = (await drawn(database, model, mostSubjects + mostStrangers)).map(({ text, vector }) => {
    const redacted = redact(text).text;
    return { text: redacted, vector, cut: halves(redacted) };
  });
  const cut = sample.filter((one) => one.cut !== undefined).slice(0, mostSubjects);
  const strangers = sample.filter((one) => !cut.includes(one)).slice(0, mostStrangers);
  const questions = cut.map((one) => one.cut?.question ?? '');
  const rests = cut.map((one) => one.cut?.rest ?? '');
  const questionVectors = await embedder.many('query', questions, signal);
  const restVectors = await embedder.many('document', rests, signal);
  const subjects = cut.flatMap((_, at) => {
    const [question, rest] = [questions[at], rests[at]];
    const [questionVector, restVector] = [questionVectors[at], restVectors[at]];
    if (question === undefined || rest === undefined || questionVector === undefined || restVector === undefined)
      return [];
    return { question, rest, questionVector, restVector };
  });
  return measureShare(subjects, strangers, async () => {
    signal.throwIfAborted();
    await nextTurn();
  });
}

/** Likeness below which two vectors of one text are not of one model; batches and hardware move it by a thousandth. */
const sameModel = 0.95;

/**
 * Whether the endpoint still has the model that this table was filled with: some stored texts are embedded again and compared.
 * Behind one name another model may stand, and some servers take any name. Errors: `EndpointFailure`.
 */
export async function stillServes(
  {
    database,
    model,
    redact,
    signal,
  }: {
    readonly database: Database;
    readonly model: Model;
    readonly redact: Redact;
    readonly signal: AbortSignal;
  },
  embedder: Embedder,
): Promise<boolean> {
  const known = await drawn(database, model, 3);
  const again = await embedder.many(
    'document',
    known.map(({ text }) => redact(text).text),
    signal,
  );
  return known.every(({ vector }, at) => {
    const other = again[at];
    return (
      other?.length === vector.length && other.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0) > sameModel
    );
  });
}
