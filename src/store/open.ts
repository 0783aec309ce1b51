import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Audit, openAudit } from './audit.ts';
import { type AuditKeys, deriveAuditKeys } from './audit-chain.ts';
import { type AuditReport, verifyAudit } from './audit-verify.ts';
import { type Backup, backupNow, listBackups, scheduleBackups } from './backup.ts';
import type { Database } from './database.ts';
import { storeError } from './errors.ts';
import { type Features, probeFeatures } from './features.ts';
import { type Jobs, openJobs } from './jobs.ts';
import { loadOrCreateKey } from './key-file.ts';
import { type DataLock, takeLock } from './lock.ts';
import type { StoreLog } from './log.ts';
import { type Migration, migrate } from './migrate.ts';
import type { PostgresServer } from './postgres.ts';

/**
 * The store is what a process keeps: the database, its audit, jobs and backups. Opened in this order: lock (embedded only,
 * taken by the caller before it listens anywhere) → database → migrations → features → audit epoch; jobs start with
 * their first use. Closed in the opposite order.
 */
export interface StoreConfig {
  /** The data directory: keys, head files, backups. */
  readonly home: string;
  readonly database:
    | { readonly kind: 'embedded'; readonly directory: string }
    | ({ readonly kind: 'postgres' } & PostgresServer);
  readonly backup: { readonly everyHours: number; readonly keep: number };
}

export interface Store extends AsyncDisposable {
  readonly database: Database;
  readonly features: Features;
  readonly audit: Audit;
  readonly jobs: Jobs;
  readonly backups: {
    /** Errors: `backup-not-embedded`, `backup-failed`. */
    now(): Promise<Backup>;
    list(): readonly Backup[];
  };
  /** Reads the whole audit and reports what does not fit. */
  verifyAudit(): Promise<AuditReport>;
  /** May be done twice. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  readonly config: StoreConfig;
  /** Which build this is, for the migrations' and the audit's records. */
  readonly build: string;
  readonly log: StoreLog;
  /** From `takeStoreLock`; released with the store, and when it does not open. */
  readonly lock: DataLock | undefined;
  /** The schema, when it is not the daemon's. */
  readonly migrations?: readonly Migration[];
}

/** A migration of a big table may take its time; a tool's query may not. */
const migrationTimeoutMs = 15 * 60_000;

export function storePaths(home: string): {
  readonly auditKey: string;
  readonly auditHeads: string;
  readonly backups: string;
} {
  return {
    auditKey: join(home, 'keys', 'audit.key'),
    auditHeads: join(home, 'audit-heads'),
    backups: join(home, 'backups'),
  };
}

/**
 * Makes this process the only writer of the embedded database; undefined for a Postgres server, which needs no lock.
 * Errors: `data-locked`, `data-lock-unclear`, `data-lock-failed`.
 */
export function takeStoreLock(
  config: StoreConfig,
  who: { readonly socket: string; readonly build: string },
): DataLock | undefined {
  const { database } = config;
  if (database.kind !== 'embedded') return undefined;
  mkdirSync(dirname(database.directory), { recursive: true, mode: 0o700 });
  return takeLock({ directory: database.directory, ...who });
}

export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { config, build, log, lock } = options;
  const paths = storePaths(config.home);
  const closers: Closer[] = [async () => lock?.release()];
  const opened = <Part extends AsyncDisposable>(part: Part): Part => {
    closers.unshift(async () => await part[Symbol.asyncDispose]());
    return part;
  };

  try {
    const database = opened(await openDatabase(options));
    const backup = { directory: paths.backups, keep: config.backup.keep };
    await migrateDatabase(options, database, () => backupNow(database, backup));
    const features = await probeFeatures(database);
    const keys: AuditKeys = deriveAuditKeys(loadOrCreateKey(paths.auditKey));
    const audit = opened(await openAudit({ database, keys, headsDirectory: paths.auditHeads, build, log }));
    const jobs = opened(openJobs(database, log));
    opened(scheduleBackups(database, { ...backup, everyHours: config.backup.everyHours, log }));
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= closeAll(closers);
      return closing;
    };
    return {
      database,
      features,
      audit,
      jobs,
      backups: { now: () => backupNow(database, backup), list: () => listBackups(paths.backups) },
      verifyAudit: () => verifyAudit(database, keys, paths.auditHeads),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await closeAll(closers).catch((failure: unknown) => log.error({ err: failure }, 'store.close.failed'));
    throw error;
  }
}

/** Each driver is loaded only where it is used: they are most of what the store loads. */
async function openDatabase({ config, log, lock }: OpenStoreOptions): Promise<Database> {
  const { database } = config;
  if (database.kind === 'postgres') {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(database, { onIdleError: (error) => log.warn({ err: error }, 'database.connection.lost') });
  }
  if (lock?.directory !== database.directory) {
    throw storeError('database-not-locked', {
      message: `the embedded database in ${database.directory} was to be opened without its lock`,
      next: 'this is a fault of Castellan; please report it with the log',
    });
  }
  const { openEmbeddedDatabase } = await import('./pglite.ts');
  return openEmbeddedDatabase(database.directory);
}

async function migrateDatabase(
  { config, build, log, migrations }: OpenStoreOptions,
  database: Database,
  beforeBreaking: () => Promise<Backup>,
): Promise<void> {
  const options = { build, ...(migrations === undefined ? {} : { migrations }) };
  if (config.database.kind === 'embedded') {
    report(await migrate(database, { ...options, beforeBreaking }), log);
    return;
  }
  const { openPostgres } = await import('./postgres.ts');
  await using patient = await openPostgres(config.database, { statementTimeoutMs: migrationTimeoutMs });
  report(await migrate(patient, options), log);
}

function report(applied: Awaited<ReturnType<typeof migrate>>, log: StoreLog): void {
  for (const { number, name } of applied) log.info({ migration: number, name }, 'database.migrated');
}

type Closer = () => Promise<void>;

/** Every one is closed, also behind one that fails. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'the store did not close');
}
