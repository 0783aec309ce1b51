import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineErrors } from '../kit/index.ts';
import type { Database, Queryable } from './database.ts';

/**
 * The schema is a row of numbered SQL files, migrations/NNNNNN-name.sql, each applied once and never edited again. Its
 * first line says what it does to a build that does not know it:
 *
 *   --! breaking     older builds cannot work on the result; the embedded database is backed up first
 *   --! compatible   older builds still could
 *
 * Both keep an older build from starting: it cannot know what the newer rows mean. The mark tells the operator whether
 * going back needs a backup.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly breaking: boolean;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  readonly sql: string;
}

const migrationError = defineErrors({
  'schema-newer': { audience: 'operator', meaning: 'The database was migrated by a newer build than this one.' },
  'schema-edited': {
    audience: 'operator',
    meaning: 'A migration that was applied to the database is not the one this build carries.',
  },
  'schema-missing': { audience: 'operator', meaning: 'The database holds no schema of Castellan.' },
  'migration-failed': {
    audience: 'operator',
    meaning: 'A migration did not run; none of the pending ones was applied.',
  },
  'migration-malformed': {
    audience: 'operator',
    meaning: 'A migration file of this build is misnamed, unmarked or missing.',
  },
});

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly breaking: boolean;
  readonly build: string;
}

export interface MigrateOptions {
  /** Recorded with what is applied, for the message of an older build. */
  readonly build: string;
  readonly migrations?: readonly Migration[];
  /** Called before a breaking migration of a database that is in use already. */
  readonly beforeBreaking?: () => Promise<unknown>;
}

/** Any number that no other user of the database's advisory locks has: the ASCII of `castle`. */
const advisoryLock = 0x63_61_73_74_6c_65;

/**
 * Reads the files beside this one, or beside the built copy of it; or another part's own, whose numbers go on after those
 * it builds on. Errors: `migration-malformed`.
 */
export function loadMigrations(
  directory: URL = new URL('./migrations/', import.meta.url),
  after: readonly Migration[] = [],
): readonly Migration[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const own = files.map((file, index) => {
    const number = after.length + index + 1;
    const [, digits, name] = /^(\d{6})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
    const sql = readFileSync(new URL(file, directory), 'utf8').replaceAll('\r\n', '\n');
    const [, mark] = /^--! (breaking|compatible)\n/.exec(sql) ?? [];
    if (name === undefined || mark === undefined || Number(digits) !== number) {
      throw migrationError('migration-malformed', {
        message: `${file} is not migration ${number} with its mark in the first line`,
        next: 'number the files without a gap, and begin each with `--! breaking` or `--! compatible`',
      });
    }
    const checksum = createHash('sha256').update(sql).digest('hex');
    return { number, name, breaking: mark === 'breaking', checksum, sql };
  });
  return [...after, ...own];
}

/** What a database needs that holds an audit and nothing of the daemon's: the first of the store's own. */
export function auditMigrations(): readonly Migration[] {
  return loadMigrations().slice(0, 1);
}

/**
 * Brings the schema to this build's state: all pending migrations or none, and only one starter at a time.
 * Returns what was applied. Errors: `schema-newer`, `schema-edited`, `migration-failed`.
 */
export async function migrate(database: Database, options: MigrateOptions): Promise<readonly Migration[]> {
  const migrations = options.migrations ?? loadMigrations();
  const before = await readApplied(database);
  const pending = pendingOf(migrations, before);
  if (pending.length === 0) return [];
  if (before.length > 0 && pending.some(({ breaking }) => breaking)) await options.beforeBreaking?.();

  return database.transaction(async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
    // Another starter may have done it while this one waited.
    const due = pendingOf(migrations, await readApplied(transaction));
    for (const migration of due) await apply(transaction, migration, options.build);
    return due;
  });
}

/** Proves that this build may work on the database as it is. Errors: `schema-newer`, `schema-edited`, `schema-missing`. */
export async function assertKnownSchema(database: Queryable): Promise<void> {
  const applied = await readApplied(database);
  pendingOf(loadMigrations(), applied);
  if (applied.length > 0) return;
  throw migrationError('schema-missing', {
    message: 'the database holds no schema of Castellan',
    next: 'check that it is the right database; `castellan serve` makes the schema in an empty one',
  });
}

async function readApplied(database: Queryable): Promise<readonly Applied[]> {
  // Not to_regclass: it may answer from what this connection remembers from before another starter made the table.
  const tables = await database.query(
    `select from pg_catalog.pg_tables where schemaname = 'castellan' and tablename = 'migration'`,
  );
  if (tables.length === 0) return [];
  return database.query<Applied>(
    'select number, name, checksum, breaking, build from castellan.migration order by number',
  );
}

function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  for (const [index, row] of applied.entries()) {
    const known = migrations[index];
    if (known === undefined) throw newer(applied.slice(index));
    if (row.number !== known.number || row.name !== known.name || row.checksum !== known.checksum) {
      throw migrationError('schema-edited', {
        message: `migration ${row.number} (${row.name}) of the database is not the one this build carries (${known.name})`,
        next: 'start the build that last used this database, or restore a backup made by this one; never edit an applied migration',
      });
    }
  }
  return migrations.slice(applied.length);
}

function newer(unknown: readonly Applied[]): Error {
  const builds = [...new Set(unknown.map(({ build }) => build))].join(', ');
  const back = unknown.some(({ breaking }) => breaking)
    ? 'to go back to this build, restore a backup from before that (castellan restore)'
    : 'its changes are compatible, but this build cannot know that they are';
  return migrationError('schema-newer', {
    message: `the database has ${unknown.length} migration(s) this build does not know, made by build ${builds}`,
    next: `start build ${builds} or a later one; ${back}`,
  });
}

async function apply(transaction: Queryable, migration: Migration, build: string): Promise<void> {
  try {
    await transaction.execute(migration.sql);
    await transaction.query(
      'insert into castellan.migration (number, name, checksum, breaking, build) values ($1, $2, $3, $4, $5)',
      [migration.number, migration.name, migration.checksum, migration.breaking, build],
    );
  } catch (error) {
    throw migrationError('migration-failed', {
      message: `migration ${migration.number} (${migration.name}) failed, and nothing was changed`,
      next: 'look the cause up in the log; the user needs the right to create a schema in the database',
      cause: error,
    });
  }
}
