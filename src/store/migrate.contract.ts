import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { probeFeatures } from './features.ts';
import { loadMigrations, type Migration, migrate } from './migrate.ts';
import { dumpSchema } from './schema-dump.ts';

/** How a database gets its schema, run against the embedded one and against a real server. */
export function describeMigrations(name: string, open: () => Promise<Database>): void {
  describe(`migrating ${name}`, () => {
    let database: Database;
    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(() => database.execute('drop schema if exists castellan cascade'));
    afterAll(() => database[Symbol.asyncDispose]());

    const numbers = async (): Promise<readonly number[]> =>
      (await database.query<{ number: number }>('select number from castellan.migration order by number')).map(
        (row) => row.number,
      );
    const real = loadMigrations();
    const last = real.length;
    const added = (sql: string, breaking = false): Migration => ({
      number: last + 1,
      name: 'added',
      breaking,
      checksum: `checksum of ${sql}`,
      sql,
    });

    it('brings an empty database to the checked-in schema, and does nothing the second time', async () => {
      expect(await migrate(database, { build: '1.0.0' })).toEqual(real);
      await expect(await dumpSchema(database)).toMatchFileSnapshot('./schema.sql');
      expect(await migrate(database, { build: '1.0.0' })).toEqual([]);
      expect(await numbers()).toEqual(real.map(({ number }) => number));
    });

    it('is done once when two start at the same time', async () => {
      await using second = database.kind === 'postgres' ? await open() : undefined;
      const results = await Promise.all([database, second ?? database].map((one) => migrate(one, { build: '1.0.0' })));
      expect(results.map((applied) => applied.length).sort()).toEqual([0, last]);
      expect(await numbers()).toEqual(real.map(({ number }) => number));
    });

    it('applies all pending migrations or none', async () => {
      const failing = added('create table castellan.half (id int4); select 1/0');
      await expect(migrate(database, { build: '1.0.0', migrations: [...real, failing] })).rejects.toMatchObject({
        code: 'migration-failed',
        message: expect.stringContaining('added'),
      });
      expect(await database.query(`select to_regclass('castellan.migration') as there`)).toEqual([{ there: null }]);
      await migrate(database, { build: '1.0.0' });
      expect(await numbers()).toEqual(real.map(({ number }) => number));
    });

    it.each([true, false])(
      'refuses a schema newer than the build and names the build to start (breaking: %s)',
      async (breaking) => {
        await migrate(database, { build: '9.9.9', migrations: [...real, added('select 1', breaking)] });
        await expect(migrate(database, { build: '1.0.0' })).rejects.toMatchObject({
          code: 'schema-newer',
          message: expect.stringContaining('build 9.9.9'),
          next: expect.stringContaining(breaking ? 'restore a backup' : 'compatible'),
        });
      },
    );

    it('refuses a database whose migrations are not the ones it carries', async () => {
      await migrate(database, { build: '1.0.0' });
      const edited = real.map((migration) => ({ ...migration, checksum: 'another' }));
      await expect(migrate(database, { build: '1.0.0', migrations: edited })).rejects.toMatchObject({
        code: 'schema-edited',
      });
    });

    it('calls for a backup before a breaking change of a database in use, and only then', async () => {
      const calls: string[] = [];
      const beforeBreaking = async (): Promise<void> => void calls.push(`at ${(await numbers()).length}`);
      await migrate(database, { build: '1.0.0', beforeBreaking });
      expect(calls).toEqual([]);
      await migrate(database, { build: '1.1.0', migrations: [...real, added('select 1', true)], beforeBreaking });
      expect(calls).toEqual([`at ${last}`]);
    });

    it('keeps the audit append-only, whoever asks', async () => {
      await migrate(database, { build: '1.0.0' });
      await database.query(`insert into castellan.audit values ('e', 0, '{}', repeat('0', 64))`);
      for (const sql of [
        `update castellan.audit set entry = '{}'`,
        'delete from castellan.audit',
        'truncate castellan.audit',
        `insert into castellan.audit values ('e', 0, '{"a":1}', repeat('1', 64)) on conflict (epoch, seq) do update set entry = excluded.entry`,
      ]) {
        await expect(database.query(sql), sql).rejects.toMatchObject({ code: 'database-statement-refused' });
      }
      expect(await database.query('select seq, entry from castellan.audit')).toEqual([{ seq: 0, entry: {} }]);
    });

    it('says what the database offers, every time it is asked', async () => {
      const features = await probeFeatures(database);
      expect(await probeFeatures(database)).toEqual(features);
      expect(features.version).toMatch(/^\d+/);
      const works = (sql: string): Promise<boolean> =>
        database.query(sql).then(
          () => true,
          () => false,
        );
      expect(features).toMatchObject({
        vector: await works(`select '[1,2]'::public.vector`),
        halfvec: await works(`select '[1,2]'::public.halfvec`),
        pgTrgm: await works(`select public.show_trgm('x')`),
      });
      if (database.kind === 'embedded') expect(features).toMatchObject({ vector: true, halfvec: true, pgTrgm: true });
    });

    it('picks up an extension that was not there before', async () => {
      const features = await probeFeatures(database);
      await database.execute('drop extension if exists vector; drop extension if exists pg_trgm');
      expect(await probeFeatures(database)).toEqual(features);
    });
  });
}

/** What is wrong with a set of files, whatever the database. */
export function describeMigrationFiles(): void {
  describe('migration files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-migrations-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each([
      ['a file without its mark', { '000001-first.sql': 'select 1' }],
      ['a mark that is not in the first line', { '000001-first.sql': '\n--! breaking\nselect 1' }],
      ['a gap', { '000001-first.sql': '--! breaking\n', '000003-third.sql': '--! breaking\n' }],
      ['a number given twice', { '000001-first.sql': '--! breaking\n', '000001-second.sql': '--! breaking\n' }],
      ['a name of another form', { 'first.sql': '--! breaking\n' }],
    ])('are refused for %s', (_, files) => {
      const directory = mkdtempSync(join(folder, 'set-'));
      for (const [file, sql] of Object.entries(files)) writeFileSync(join(directory, file), sql);
      expect(() => loadMigrations(pathToFileURL(`${directory}/`))).toThrow(
        expect.objectContaining({ code: 'migration-malformed' }),
      );
    });

    it('have the same checksum however their lines end', () => {
      const read = (sql: string): readonly Migration[] => {
        const directory = mkdtempSync(join(folder, 'set-'));
        writeFileSync(join(directory, '000001-first.sql'), sql);
        return loadMigrations(pathToFileURL(`${directory}/`));
      };
      expect(read('--! compatible\r\nselect 1\r\n')).toEqual(read('--! compatible\nselect 1\n'));
    });
  });
}
