import { afterAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { probeFeatures } from '../../src/store/features.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { findPostgres } from '../../src/store/throwaway-postgres.fixture.ts';
import { useLab } from '../../test/lab/use-lab.ts';
import { describeDense } from './dense.contract.ts';
import { type Model, readModels } from './model.ts';
import { byIndexSql, indexSettings, nearestVectors } from './nearest.ts';
import { makeIndex } from './vector-index.ts';

const lab = await useLab();
const postgres =
  lab?.postgres === undefined ? undefined : await findPostgres({ CASTELLAN_TEST_POSTGRES_URL: lab.postgres.admin });

if (postgres === undefined) {
  it('needs the lab with its Postgres: npm run lab -- build', () => expect.unreachable());
} else {
  afterAll(() => postgres[Symbol.asyncDispose]());
  const forContract = await postgres.freshDatabase();
  const forMany = await postgres.freshDatabase();

  describeDense('a Postgres server', async () => {
    const database = await openPostgres(forContract);
    await prepare(database);
    return database;
  });

  describe('thirty thousand vectors on a Postgres server', () => {
    it('are found by the index nearly as by comparing all, also through a filter that leaves one in fifty', async () => {
      await using database = await openPostgres(forMany);
      await prepare(database);
      await fill(database);
      const made = await onlyModel(database);
      await makeIndex(database, made, { from: 25_000, signal: AbortSignal.timeout(110_000) });
      // On a busy machine the server builds it for longer than a statement is waited for here.
      await expect
        .poll(async () => (await onlyModel(database)).indexed, { timeout: 240_000, interval: 500 })
        .toBe(true);
      const model = await onlyModel(database);
      expect(model).toMatchObject({ indexed: true, type: 'halfvec' });
      const [left] = await database.query<{ count: number }>('select count(*) as count from castellan.vector_1');
      expect(left?.count).toBe(30_000);

      const questions = await database.query<{ v: string }>(
        'select v::text as v from castellan.vector_1 where item % 1471 = 0 order by item',
      );
      expect(questions.length).toBeGreaterThan(15);
      // Nothing but the index may be used from here on, so that it is the index that is judged.
      const { database: name } = forMany;
      for (const way of ['seqscan', 'bitmapscan', 'sort']) {
        await database.execute(`alter database ${name} set enable_${way} = off`);
      }
      await database.execute('alter table castellan.vector_1 drop constraint vector_1_pkey');
      await using forced = await openPostgres(forMany);
      const plan = await forced.transaction(async (transaction) => {
        await transaction.execute(indexSettings);
        return transaction.query(`explain ${byIndexSql({ table: 'castellan.vector_1', type: 'halfvec' }, false)}`, [
          questions[0]?.v,
          [1],
          20,
          60,
        ]);
      });
      expect(JSON.stringify(plan)).toMatch(/Index Scan using vector_1_hnsw/);

      for (const shelves of [[1, 2], [2]]) {
        let [wanted, hit] = [0, 0];
        for (const { v } of questions) {
          const vector = Float32Array.from(JSON.parse(v));
          const exact = await nearestVectors(database, model, vector, { shelves, limit: 20 }, 1_000_000);
          const byIndex = await nearestVectors(forced, model, vector, { shelves, limit: 20 }, 1);
          expect(byIndex).toHaveLength(20);
          expect(byIndex.every(({ shelf }) => shelves.includes(shelf))).toBe(true);
          const items = new Set(byIndex.map(({ item }) => item));
          wanted += exact.length;
          hit += exact.filter(({ item }) => items.has(item)).length;
        }
        expect(hit / wanted).toBeGreaterThanOrEqual(0.95);
      }
    }, 300_000);
  });
}

async function prepare(database: Database): Promise<void> {
  await migrate(database, { build: 'test' });
  const features = await probeFeatures(database);
  expect(features).toMatchObject({ vector: true, halfvec: true });
}

async function onlyModel(database: Database): Promise<Model> {
  const [model] = await readModels(database);
  if (model === undefined) throw new Error('there is no model');
  return model;
}

/** One entry in fifty lies on the second shelf. */
async function fill(database: Database): Promise<void> {
  await database.execute(`
    insert into castellan.shelf (kind, name, owner, visibility, readers)
    values ('memory', '', 'human:robin', 'private', '{}'), ('memory', '', 'human:kim', 'private', '{}');
    insert into castellan.memory (shelf, author, category, content, keywords, tags, importance, valid_from, recorded_at, updated_at, hash)
    select case when n % 50 = 0 then 2 else 1 end, 'agent:test', 'facts', 'entry ' || n, '', '{}', .5, now(), now(), now(), '\\x00'
    from generate_series(1, 30000) n;
    insert into castellan.embedding_model (identity, dimension, active, created_at)
    values ('{"provider":"ollama","model":"m","dimensions":null,"query":"","document":"","turn":1}', 16, true, now());
    create table castellan.vector_1 (shelf int4, item int8, hash bytea not null, v public.halfvec(16) not null, primary key (shelf, item));
    create table castellan.vector_1_claim (shelf int4, item int8, until timestamptz not null, primary key (shelf, item));
    select setseed(0.42);
    insert into castellan.vector_1
    select m.shelf, m.id, '\\x00', (select array_agg(random() - 0.5 + 0 * (g + m.id))::public.vector::public.halfvec from generate_series(1, 16) g)
    from castellan.memory m;
    analyze castellan.vector_1`);
}
