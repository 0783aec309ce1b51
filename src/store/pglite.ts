import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import type { Database } from './database.ts';
import { assertRoom, newDatabaseBytes, reservedBytes, roomFault } from './disk-room.ts';
import { holdsDatabase, restoringDirectory } from './embedded-directory.ts';
import { guardAgainstPanic } from './embedded-panic.ts';
import { storeError } from './errors.ts';
import { fsyncDirectory, fsyncTree } from './fsync.ts';
import { assertOutsideTransaction } from './nesting.ts';
import { DurableFiles, durableStartParameters } from './pglite-files.ts';
import { closedError, runTransaction, type Session } from './transaction.ts';
import { createTurns } from './turns.ts';
import { decodeValue, encodeParameter } from './values.ts';

/**
 * Postgres in this process, over one directory. It has one connection and runs on this thread: statements take turns, and
 * a long one stalls everything. It has no lock of its own and two writers destroy it; whoever opens it holds the lock of
 * lock.ts.
 *
 *   serving ──a statement is answered with a panic──▶ dead: every call is refused, nothing is asked of it any more
 *      │  ▲                                             │
 *      │  └─ less room than disk-room.ts reserves: calls are refused until there is
 *      └──close──▶ closed ◀─────────────────────────────┘
 *
 * Errors besides those of database.ts: `database-disk-full`.
 */
export interface EmbeddedDatabase extends Database {
  readonly kind: 'embedded';
  /** The whole data directory as a gzipped tar archive, consistent as of one moment between two statements. */
  dump(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens the database in `directory`, making it first when there is none.
 * Errors: `database-directory-foreign` when the directory holds something else, `database-unreachable` when it does not open.
 */
export async function openEmbeddedDatabase(directory: string): Promise<EmbeddedDatabase> {
  if (!holdsDatabase(directory)) await createEmbeddedDatabase(directory);
  return serve(directory, await start(directory));
}

/** Opens an archive of `dump` in `directory`, which must not exist. For restoring and for looking into a backup. */
export async function openEmbeddedArchive(
  directory: string,
  archive: Uint8Array<ArrayBuffer>,
): Promise<EmbeddedDatabase> {
  mkdirSync(directory, { mode: 0o700 });
  return serve(directory, await start(directory, { loadDataDir: new Blob([archive], { type: 'application/gzip' }) }));
}

/**
 * Made under another name and renamed when complete: a start that is killed half-way leaves no half database behind that
 * the next start would take for a whole one.
 */
async function createEmbeddedDatabase(directory: string): Promise<void> {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw storeError('database-directory-foreign', {
      message: `${directory} is not empty and holds no database`,
      next: 'name another directory under `database` in castellan.yaml, or empty this one',
    });
  }
  if (existsSync(restoringDirectory(directory))) {
    throw storeError('database-restore-interrupted', {
      message: `there is no database in ${directory}, and a restore of it was interrupted`,
      next: `run \`castellan restore\` again, or rename the latest ${directory}.replaced-… back to ${directory} and remove ${restoringDirectory(directory)}`,
    });
  }
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  assertRoom(unfinished, newDatabaseBytes + reservedBytes);
  const fresh = await start(unfinished);
  await fresh.close();
  fsyncTree(unfinished);
  renameSync(unfinished, directory);
  fsyncDirectory(dirname(directory));
}

/** Its own cache, on top of the kernel's: with the default of 128 MB the process holds 130 MB more. */
const memoryParameters = ['-c', 'shared_buffers=16MB'];

/**
 * The log is cut off by checkpoints, and in one process with its caller Postgres makes none by itself (measured: 1.5 GB written,
 * 1.5 GB kept, and as much more in every backup). So one is made when the log has grown by this much, and of what it leaves
 * only a little is kept to be written over.
 */
const logBytesBetweenCheckpoints = 64 * 2 ** 20;
const logParameters = ['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=32MB'];
/** A look at the log costs a quarter of a millisecond: one for this many turns, and for each second in which there is a turn. */
const turnsBetweenLooks = 32;
const msBetweenLooks = 1_000;

async function start(directory: string, options: PGliteOptions = {}): Promise<PGlite> {
  assertRoom(directory);
  try {
    const pglite = await PGlite.create({
      ...options,
      fs: new DurableFiles(directory),
      extensions: { vector, pg_trgm },
      startParams: [
        ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
        ...durableStartParameters,
        ...memoryParameters,
        ...logParameters,
      ],
    });
    for (const oid of Object.keys(pglite.parsers)) pglite.parsers[oid] = (text) => decodeValue(Number(oid), text);
    for (const oid of Object.keys(pglite.serializers)) pglite.serializers[oid] = (text) => text;
    return pglite;
  } catch (error) {
    throw storeError('database-unreachable', {
      message: `the embedded database in ${directory} does not open`,
      next: 'see the log for the cause; `castellan restore` puts the last backup in its place',
      cause: error,
    });
  }
}

function serve(directory: string, pglite: PGlite): EmbeddedDatabase {
  const turns = createTurns();
  let closed = false;
  let turnsSinceLook = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const guard = guardAgainstPanic(pglite);
  const whenThereIsRoom = <Result>(statement: () => Promise<Result>): Promise<Result> =>
    guard.ask(() => {
      assertRoom(directory);
      return statement();
    });

  const rollbackLeftOpen = async (): Promise<void> => {
    // A transaction of a dead database is over.
    if (!guard.dead && pglite.isInTransaction()) await guard.ask(() => pglite.exec('rollback'));
  };

  const session: Session = {
    query: <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      whenThereIsRoom(async () => (await pglite.query<Row>(sql, parameters.map(encodeParameter))).rows),
    execute: <Row extends object>(sql: string) =>
      whenThereIsRoom(async () => (await pglite.exec(sql)).flatMap(({ rows }) => rows as Row[])),
    begin: async () => void (await session.execute('begin')),
    commit: () => guard.ask(async () => (await pglite.exec('commit')).at(-1)?.command),
    rollback: rollbackLeftOpen,
  };

  const keepLogShort = async (): Promise<void> => {
    turnsSinceLook += 1;
    if (turnsSinceLook < turnsBetweenLooks && performance.now() - lookedAt < msBetweenLooks) return;
    const [log] = await session.query<{ grown: number }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::int8 as grown from pg_control_checkpoint()`,
    );
    if (log !== undefined && log.grown >= logBytesBetweenCheckpoints) await session.execute('checkpoint');
    turnsSinceLook = 0;
    lookedAt = performance.now();
  };

  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    assertOutsideTransaction(database);
    return turns.take(async () => {
      if (closed) throw closedError('the embedded database is closed');
      // Before the work, not after it: what was committed is never answered with the failure of a checkpoint.
      await keepLogShort();
      return work();
    });
  };

  const database: EmbeddedDatabase = {
    kind: 'embedded',
    query: (sql, parameters) => inTurn(() => session.query(sql, parameters)),
    execute: (sql) =>
      inTurn(async () => {
        try {
          return await session.execute(sql);
        } finally {
          // Statements may open a transaction of their own and fail inside it; the connection is everybody's.
          await rollbackLeftOpen();
        }
      }),
    transaction: (work) => inTurn(() => runTransaction(database, session, work)),
    dump: () =>
      inTurn(async () => {
        await session.execute('checkpoint');
        const archive = await pglite.dumpDataDir('gzip');
        return new Uint8Array(await archive.arrayBuffer());
      }),
    async [Symbol.asyncDispose]() {
      await turns.take(async () => {
        if (closed) return;
        closed = true;
        // Its last checkpoint is written to the log. Without room for it the database is left as a kill would leave it: whole.
        if (!guard.dead && roomFault(directory) === undefined) await pglite.close();
      });
    },
  };
  return database;
}
