import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CastellanError, defineErrors } from '../kit/index.ts';
import { listArchive } from './archive.ts';
import type { Database } from './database.ts';
import { restoringDirectory } from './embedded-directory.ts';
import { fsyncDirectory, fsyncTree } from './fsync.ts';
import { type DataLock, readLock } from './lock.ts';
import type { StoreLog } from './log.ts';
import { assertKnownSchema } from './migrate.ts';
import type { EmbeddedDatabase } from './pglite.ts';

/**
 * Backups of the embedded database: whole archives of its directory, in a folder, named by their time. An archive gets
 * its name only when it is on the disk and was read back whole. Keys and head files are not in it: the audit knows that a
 * restore took its latest rows away, and says so.
 */
export interface Backup {
  readonly file: string;
  readonly at: Date;
  readonly bytes: number;
}

const backupError = defineErrors({
  'backup-not-embedded': {
    audience: 'operator',
    meaning: 'Castellan backs up its embedded database only, not a Postgres server.',
  },
  'backup-failed': {
    audience: 'operator',
    meaning: 'A backup could not be written, or was not read back as it was written.',
  },
  'backup-unusable': {
    audience: 'operator',
    meaning: 'A backup is damaged, or holds no database of Castellan; nothing was changed.',
  },
  'restore-failed': { audience: 'operator', meaning: 'The restored database did not open; the old one was put back.' },
  'restore-unlocked': {
    audience: 'operator',
    meaning: 'A restore was asked for without holding the lock on the data directory.',
  },
});

const namePattern = /^castellan-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.tar\.gz$/;

/** Newest first; what is in `directory` besides is left out. */
export function listBackups(directory: string): readonly Backup[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .flatMap((name) => {
      const [, year, month, day, hour, minute, second, ms] = namePattern.exec(name) ?? [];
      if (year === undefined) return [];
      const file = join(directory, name);
      const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
      return [{ file, at, bytes: statSync(file).size }];
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

export interface BackupOptions {
  readonly directory: string;
  /** How many are kept, the new one included. */
  readonly keep: number;
  readonly now?: () => Date;
}

/** Errors: `backup-not-embedded`, `backup-failed`. A failed backup removes no older one. */
export async function backupNow(database: Database, options: BackupOptions): Promise<Backup> {
  assertEmbedded(database);
  const { directory } = options;
  const at = (options.now ?? (() => new Date()))();
  const file = join(directory, `castellan-${at.toISOString().replace(/[-:.]/g, '')}.tar.gz`);
  const partial = `${file}.partial`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)) if (name.endsWith('.partial')) rmSync(join(directory, name));
    const archive = await database.dump();
    writeDurably(partial, archive);
    const written = readFileSync(partial);
    if (!written.equals(archive)) throw new Error('the file is not what was written');
    await assertDatabaseArchive(written);
    renameSync(partial, file);
    fsyncDirectory(directory);
    // The new one stays whatever its time: a clock that once ran ahead leaves older ones that look newer.
    const others = listBackups(directory).filter((backup) => backup.file !== file);
    for (const { file: old } of others.slice(Math.max(0, options.keep - 1))) rmSync(old);
    return { file, at, bytes: archive.length };
  } catch (error) {
    if (existsSync(partial)) rmSync(partial);
    if (error instanceof CastellanError && error.code === 'database-closed') throw error;
    throw backupError('backup-failed', {
      message: `the backup ${file} could not be made; older ones were kept`,
      next: 'check the room on that disk and the rights on the folder, then run `castellan backup`',
      cause: error,
    });
  }
}

export interface BackupSchedule extends BackupOptions {
  /** Not positive: no backups by themselves. */
  readonly everyHours: number;
  readonly log: StoreLog;
}

/** Looks every few minutes whether there is a backup younger than `everyHours`: also right after a long pause. */
export function scheduleBackups(database: Database, schedule: BackupSchedule): AsyncDisposable {
  const { log, everyHours } = schedule;
  let running: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    const ages = listBackups(schedule.directory).map(({ at }) => Date.now() - at.getTime());
    if (ages.some((age) => age >= 0 && age < everyHours * 3_600_000)) return;
    const { file, bytes } = await backupNow(database, schedule);
    log.info({ file, bytes }, 'backup.made');
  };
  const tick = (): void => {
    running ??= check()
      .catch((error: unknown) => log.error({ err: error }, 'backup.failed'))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = everyHours > 0 && database.kind === 'embedded' ? setInterval(tick, 5 * 60_000).unref() : undefined;
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

export interface Restored {
  /** Where the replaced data directory was put; undefined when there was none. */
  readonly replaced: string | undefined;
}

/**
 * Puts the archive `file` in the place of the data directory that `lock` holds. The old directory is only moved aside, and
 * moved back when the new one does not open in its place.
 * Errors: `restore-unlocked`, `backup-unusable`, `restore-failed`, `schema-newer`.
 */
export async function restoreBackup(lock: DataLock, file: string, now: Date = new Date()): Promise<Restored> {
  const directory = existsSync(lock.directory) ? realpathSync(lock.directory) : lock.directory;
  if (readLock(directory)?.nonce !== lock.holder.nonce) {
    throw backupError('restore-unlocked', {
      message: `the lock on ${directory} is not held any more`,
      next: 'stop the daemon and run `castellan restore` again',
    });
  }
  const restoring = restoringDirectory(directory);
  rmSync(restoring, { recursive: true, force: true });
  try {
    await unpack(file, restoring);
  } catch (error) {
    rmSync(restoring, { recursive: true, force: true });
    throw error;
  }
  const replaced = existsSync(directory)
    ? `${directory}.replaced-${now.toISOString().replace(/[-:.]/g, '')}`
    : undefined;
  if (replaced !== undefined) renameSync(directory, replaced);
  renameSync(restoring, directory);
  fsyncDirectory(dirname(directory));
  try {
    await assertOpens(directory);
  } catch (error) {
    rmSync(directory, { recursive: true });
    if (replaced !== undefined) renameSync(replaced, directory);
    fsyncDirectory(dirname(directory));
    throw backupError('restore-failed', {
      message: `the database from ${basename(file)} did not open in its place, and the old one was put back`,
      next: 'try an older backup; the log has the cause',
      cause: error,
    });
  }
  return { replaced };
}

async function unpack(file: string, restoring: string): Promise<void> {
  try {
    const archive = Uint8Array.from(readFileSync(file));
    await assertDatabaseArchive(archive);
    const { openEmbeddedArchive } = await import('./pglite.ts');
    await using database = await openEmbeddedArchive(restoring, archive);
    await assertKnownSchema(database);
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'schema-newer') throw error;
    throw backupError('backup-unusable', {
      message: `${file} is not a whole backup of Castellan's database; nothing was changed`,
      next: 'choose another of the backups `castellan restore` lists',
      cause: error,
    });
  }
  fsyncTree(restoring);
}

async function assertOpens(directory: string): Promise<void> {
  const { openEmbeddedDatabase } = await import('./pglite.ts');
  await using database = await openEmbeddedDatabase(directory);
  await assertKnownSchema(database);
}

async function assertDatabaseArchive(archive: Uint8Array): Promise<void> {
  const names = new Set(await listArchive(archive));
  for (const name of ['PG_VERSION', 'global/pg_control']) {
    if (!names.has(name)) throw new Error(`the archive has no ${name}`);
  }
}

function assertEmbedded(database: Database): asserts database is EmbeddedDatabase {
  if (database.kind === 'embedded') return;
  throw backupError('backup-not-embedded', {
    message: 'Castellan does not back up a Postgres server',
    next: 'use `pg_dump --format=custom --schema=castellan --schema=castellan_jobs`, or the backups of the server itself',
  });
}

function writeDurably(file: string, content: Uint8Array): void {
  writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
