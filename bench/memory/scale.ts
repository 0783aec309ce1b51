import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryOver } from '../../memory/durability/keeper.fixture.ts';
import type { Memory } from '../../memory/engine.ts';
import type { Actor, Draft } from '../../memory/entry.ts';
import type { Database, Queryable } from '../../src/store/database.ts';
import { probeFeatures } from '../../src/store/features.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openEmbeddedDatabase } from '../../src/store/pglite.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { findPostgres, postgresAt } from '../../src/store/throwaway-postgres.fixture.ts';
import { circumstances } from '../figures.ts';
import { createSynthetic, type Synthetic, type SyntheticMemory } from './synthetic.ts';
import { loudLog } from './whole-memory.ts';

/**
 * What memory costs with ten thousand and with a hundred thousand entries, asked as the daemon asks it: storing many and one
 * by one, three hundred different recalls of a process that knows nothing yet and of one that is warm, statements, memory
 * and disk. Embedded, and on a Postgres server: the one that --postgres names, or one that is started for it. CPU is that
 * of this process: all of it where the database is embedded, without the server where there is one.
 * Run: node bench/memory/scale.ts [--sizes 10000,100000] [--on embedded,postgres] [--postgres URL] [--json]
 */
const { values: given } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000' },
    on: { type: 'string', default: 'embedded,postgres' },
    postgres: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const sizes = given.sizes.split(',').map(Number);
const questionCount = 300;
const singleStores = 100;
const atOnce = 8_192;
const by: Actor = { human: 'human:robin', agent: 'agent:bench' };
const limit = 10;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

interface Opened extends AsyncDisposable {
  readonly database: Database;
  diskBytes(): Promise<number>;
}

/** Milliseconds each. */
interface Costs {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
  readonly statements: readonly number[];
}

const measured: Record<string, Awaited<ReturnType<typeof measure>>> = {};
for (const kind of given.on.split(',')) {
  for (const size of sizes) {
    await using opened = kind === 'postgres' ? await onPostgres() : await embedded();
    measured[`${kind}.${size}`] = await measure(opened, size);
    console.error(`${kind}, ${size}: ${JSON.stringify(measured[`${kind}.${size}`])}`);
  }
}
if (given.json) {
  console.log(JSON.stringify({ scale: measured, circumstances: circumstances(new Date()) }, undefined, 2));
} else {
  console.log(`\n\`node bench/memory/scale.ts\` · ${circumstances(new Date())}\n`);
  const columns = Object.keys(measured);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  console.log(line(['', ...columns]));
  console.log(`|---|${'---:|'.repeat(columns.length)}`);
  for (const name of Object.keys(Object.values(measured)[0] ?? {})) {
    console.log(line([name, ...Object.values(measured).map((figures) => figures[name] ?? '–')]));
  }
}

async function measure({ database, diskBytes }: Opened, size: number): Promise<Readonly<Record<string, number>>> {
  await migrate(database, { build: 'bench' });
  const synthetic = createSynthetic(size);
  const memories = synthetic.memories(size + singleStores * 2);
  const drafts = memories.map(draftOf);
  const { counted, count } = counting(database);

  await using writer = await memoryOn(counted);
  const bulk: Costs[] = [];
  for (let from = 0; from < size; from += atOnce) {
    const batch = drafts.slice(from, Math.min(from + atOnce, size));
    bulk.push(await eachCosting([batch], count, (some) => writer.storeAll(some, by)));
  }
  const questions = questionsAbout(synthetic, memories.slice(0, size));

  const before = heldBytes();
  await using reader = await memoryOn(counted);
  const ask = (query: string) => reader.recall({ query, limit }, by, AbortSignal.timeout(60_000));
  const first = await eachCosting(questions.slice(0, 1), count, ask);
  const cold = await eachCosting(questions.slice(1), count, ask);
  const warm = await eachCosting(questions, count, ask);
  const held = heldBytes() - before;
  const filtered = await eachCosting(questions.slice(0, 100), count, (query) =>
    reader.recall({ query, limit, tags: ['even'] }, by, AbortSignal.timeout(60_000)),
  );

  // The store that a recall is asked after: what it added is read on.
  const single = await eachCosting(drafts.slice(size, size + singleStores), count, (draft) => writer.store(draft, by));
  const after: Costs[] = [];
  for (const [index, draft] of drafts.slice(size + singleStores).entries()) {
    await writer.store(draft, by);
    after.push(await eachCosting(questions.slice(index, index + 1), count, ask));
  }
  const stats = await eachCosting([by, by, by], count, (actor) => reader.stats(actor));

  const seconds = (costs: readonly number[]): number => costs.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    'stored in bulk: wall s': rounded(seconds(bulk.flatMap(({ wall }) => wall))),
    'stored in bulk: CPU s': rounded(seconds(bulk.flatMap(({ cpu }) => cpu))),
    ...spread('one store', single),
    ...spread('first recall', first),
    ...spread('cold recall', cold),
    ...spread('warm recall', warm),
    ...spread('filtered recall', filtered),
    ...spread('recall after a store', merged(after)),
    ...spread('stats', stats),
    'memory MB': rounded(held / 1e6),
    'disk MB': rounded((await diskBytes()) / 1e6),
  };
}

async function memoryOn(database: Database): Promise<Memory> {
  return memoryOver(database, await probeFeatures(database), loudLog);
}

function draftOf({ content, keywords, session, seq }: SyntheticMemory, index: number): Draft {
  return {
    content,
    keywords,
    tags: [index % 2 === 0 ? 'even' : 'odd', `topic-${index % 50}`],
    ...(session === undefined ? {} : { session, seq }),
  };
}

function counting(database: Database): { readonly counted: Database; readonly count: () => number } {
  let statements = 0;
  const wrap = (queryable: Queryable): Queryable => ({
    query: (sql, parameters) => {
      statements += 1;
      return queryable.query(sql, parameters);
    },
    execute: (sql) => {
      statements += 1;
      return queryable.execute(sql);
    },
  });
  const counted: Database = {
    ...wrap(database),
    kind: database.kind,
    transaction: (work) => {
      statements += 2;
      return database.transaction((transaction) => work(wrap(transaction)));
    },
    // Whoever opened the database closes it.
    [Symbol.asyncDispose]: async () => {},
  };
  return { counted, count: () => statements };
}

/** In this process, without what is garbage. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Of one in seven a word is mistyped. */
function questionsAbout(synthetic: Synthetic, memories: readonly SyntheticMemory[]): readonly string[] {
  const every = Math.max(1, Math.floor(memories.length / questionCount));
  return memories
    .filter((_, index) => index % every === 0)
    .slice(0, questionCount)
    .map((memory, index) => {
      const question = synthetic.question(memory);
      return index % 7 === 0 ? question.replace(/\b(\p{L}{3})\p{L}(\p{L}{3,})\b/u, '$1$2') : question;
    });
}

async function eachCosting<Item>(
  items: readonly Item[],
  count: () => number,
  work: (item: Item) => Promise<unknown>,
): Promise<Costs> {
  const wall: number[] = [];
  const cpu: number[] = [];
  const statements: number[] = [];
  for (const item of items) {
    const [begun, used, asked] = [performance.now(), process.cpuUsage(), count()];
    await work(item);
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - begun);
    cpu.push((user + system) / 1_000);
    statements.push(count() - asked);
  }
  return { wall, cpu, statements };
}

function merged(costs: readonly Costs[]): Costs {
  return {
    wall: costs.flatMap(({ wall }) => wall),
    cpu: costs.flatMap(({ cpu }) => cpu),
    statements: costs.flatMap(({ statements }) => statements),
  };
}

function spread(name: string, { wall, cpu, statements }: Costs): Readonly<Record<string, number>> {
  const at = (values: readonly number[], share: number): number =>
    rounded(values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN);
  if (wall.length < 20) return { [`${name}: ms`]: at(wall, 0.5), [`${name}: CPU ms`]: at(cpu, 0.5) };
  return {
    [`${name}: p50 ms`]: at(wall, 0.5),
    [`${name}: p95 ms`]: at(wall, 0.95),
    [`${name}: most ms`]: at(wall, 1),
    [`${name}: p50 CPU ms`]: at(cpu, 0.5),
    [`${name}: p95 CPU ms`]: at(cpu, 0.95),
    [`${name}: p50 statements`]: at(statements, 0.5),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

async function embedded(): Promise<Opened> {
  const home = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  const database = await openEmbeddedDatabase(join(home, 'database'));
  return {
    database,
    diskBytes: async () => {
      await database.query('checkpoint');
      return bytesBelow(join(home, 'database', 'base'));
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      rmSync(home, { recursive: true });
    },
  };
}

async function onPostgres(): Promise<Opened> {
  const found = given.postgres === undefined ? undefined : postgresAt(given.postgres);
  const throwaway = found === undefined ? await findPostgres({}) : undefined;
  const server = found ?? (await throwaway?.freshDatabase());
  if (server === undefined) throw new Error('no Postgres server is here: name one with --postgres');
  const database = await openPostgres(server);
  return {
    database,
    diskBytes: async () => {
      const [size] = await database.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes');
      return size?.bytes ?? 0;
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await throwaway?.[Symbol.asyncDispose]();
    },
  };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
