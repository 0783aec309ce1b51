import { randomBytes } from 'node:crypto';
import { defineErrors } from '../kit/index.ts';
import type { AuditEntry, AuditedCall, AuditKeys, AuditRow, Head } from './audit-chain.ts';
import { entryOf, noHash } from './audit-chain.ts';
import { createHeadFile, type HeadFile } from './audit-heads.ts';
import type { Database, Queryable } from './database.ts';
import type { StoreLog } from './log.ts';
import { assertOutsideTransaction } from './nesting.ts';

/**
 * Writes this process's epoch of the audit. Rows that wait at the same time are committed together; each `append` resolves
 * when its own row is in the database and its head is outside of it. No row, no answer is the caller's rule.
 */
export interface Audit extends AsyncDisposable {
  readonly epoch: string;
  /** Errors: `audit-write-failed`, `audit-broken`. The row may still have been written: a row without an answer is harmless. */
  append(call: AuditedCall): Promise<void>;
  /** Names the heads of other chains that moved since, in this one. Done every 10 s by itself. */
  anchor(): Promise<void>;
}

const auditError = defineErrors({
  'audit-write-failed': { audience: 'operator', meaning: 'The audit row of a call could not be written.' },
  'audit-broken': {
    audience: 'operator',
    meaning: "Somebody else wrote into this process's audit chain; nothing more is answered until a restart.",
  },
  'audit-closed': { audience: 'operator', meaning: 'A call ended after the audit was closed for the shutdown.' },
});

export interface AuditOptions {
  readonly database: Database;
  readonly keys: AuditKeys;
  /** Where the head files lie. */
  readonly headsDirectory: string;
  readonly build: string;
  readonly log: StoreLog;
  readonly anchorEveryMs?: number;
  readonly openHeadFile?: (directory: string, epoch: string) => HeadFile;
}

/** How many chains an anchor names at most: the latest. Every chain is thus named by the one after it. */
const anchoredChains = 50;
const rowsPerStatement = 200;

interface Waiting {
  readonly entry: AuditEntry;
  readonly written: PromiseWithResolvers<void>;
}

/** Begins a new epoch; its first row names the heads of the epochs before. */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { database, log } = options;
  const epoch = newEpoch(new Date());
  const headFile = openHeadFile(options, epoch);
  const chain = createChain(options, epoch, headFile);
  const named = new Map<string, number>();

  /** Hands `write` the heads that moved since they were last named, and remembers them once it has named them. */
  const naming = async (write: (heads: readonly Head[]) => Promise<void>): Promise<void> => {
    const heads = await otherHeads(database, epoch);
    await write(heads.filter((head) => named.get(head.epoch) !== head.seq));
    for (const head of heads) named.set(head.epoch, head.seq);
  };

  const anchor = (): Promise<void> =>
    naming(async (heads) => {
      if (heads.length > 0) await chain.append({ kind: 'anchor', at: now(), heads });
    });

  const beat = async (): Promise<void> => {
    try {
      headFile.sync();
      // Nobody else writes the embedded database: its other chains have ended, and the opening row named them.
      if (database.kind === 'postgres') await anchor();
    } catch (error) {
      log.error({ err: error, epoch }, 'audit.anchor.failed');
    }
  };

  try {
    const { build, keys } = options;
    await naming((heads) => chain.append({ kind: 'open', at: now(), build, key: keys.id, heads }));
    headFile.sync();
  } catch (error) {
    headFile[Symbol.dispose]();
    throw error;
  }
  const timer = setInterval(beat, options.anchorEveryMs ?? 10_000).unref();
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    clearInterval(timer);
    try {
      await chain.append({ kind: 'close', at: now() });
      headFile.sync();
    } finally {
      headFile[Symbol.dispose]();
    }
  };

  return {
    epoch,
    anchor,
    append: async (call) => {
      if (closing !== undefined) {
        throw auditError('audit-closed', {
          message: 'the audit is closed',
          next: 'call again when the daemon is back',
        });
      }
      // On the embedded database the row would wait for the transaction, and the transaction for the row.
      assertOutsideTransaction(database);
      await chain.append(entryOf(call, options.keys));
    },
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };
}

function openHeadFile(options: AuditOptions, epoch: string): HeadFile {
  try {
    return (options.openHeadFile ?? createHeadFile)(options.headsDirectory, epoch);
  } catch (error) {
    throw writeFailed(error);
  }
}

interface Chain {
  append(entry: AuditEntry): Promise<void>;
}

function createChain({ database, keys }: AuditOptions, epoch: string, headFile: HeadFile): Chain {
  let head: Head = { epoch, seq: -1, hash: noHash };
  /** The last row of a statement of which it is not known whether it was committed. */
  let doubtful: Head | undefined;
  let waiting: Waiting[] = [];
  let flushing = false;

  const settleDoubt = async (): Promise<void> => {
    if (doubtful === undefined) return;
    const [last] = await database.query<Head>(
      'select epoch, seq, hash from castellan.audit where epoch = $1 order by seq desc limit 1',
      [epoch],
    );
    const hash = last?.hash ?? noHash;
    if (hash !== head.hash && hash !== doubtful.hash) {
      throw auditError('audit-broken', {
        message: "this process's audit chain ends in a row that this process did not write",
        next: 'run `castellan audit verify`, find out who else writes the database, then restart the daemon',
      });
    }
    if (hash === doubtful.hash) head = doubtful;
    doubtful = undefined;
  };

  const write = async (entries: readonly AuditEntry[]): Promise<void> => {
    await settleDoubt();
    const rows: AuditRow[] = [];
    for (const entry of entries) {
      const before = rows.at(-1) ?? head;
      const seq = before.seq + 1;
      rows.push({ epoch, seq, entry, hash: keys.rowHash(before.hash, { epoch, seq, entry }) });
    }
    const { seq, hash } = rows.at(-1) ?? head;
    doubtful = { epoch, seq, hash };
    await insert(database, epoch, rows);
    head = doubtful;
    doubtful = undefined;
    headFile.write(head);
  };

  const flush = async (): Promise<void> => {
    flushing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rowsPerStatement);
      waiting = waiting.slice(rowsPerStatement);
      try {
        await write(batch.map(({ entry }) => entry));
        for (const { written } of batch) written.resolve();
      } catch (error) {
        const failure = isBroken(error) ? error : writeFailed(error);
        for (const { written } of batch) written.reject(failure);
      }
    }
    flushing = false;
  };

  return {
    append: (entry) => {
      const written = Promise.withResolvers<void>();
      waiting.push({ entry, written });
      if (!flushing) void flush();
      return written.promise;
    },
  };
}

async function insert(database: Queryable, epoch: string, rows: readonly AuditRow[]): Promise<void> {
  await database.query(
    `insert into castellan.audit (epoch, seq, entry, hash)
     select $1, row.seq, row.entry, row.hash
     from unnest($2::int8[], $3::jsonb[], $4::text[]) as row (seq, entry, hash)`,
    [epoch, rows.map(({ seq }) => seq), rows.map(({ entry }) => entry), rows.map(({ hash }) => hash)],
  );
}

/** The heads of the latest other chains, found by walking the primary key backwards: no chain is read through. */
function otherHeads(database: Queryable, epoch: string): Promise<readonly Head[]> {
  return database.query<Head>(
    `with recursive latest (epoch, nth) as (
       select max(epoch), 1 from castellan.audit where epoch <> $1
       union all
       select (select max(a.epoch) from castellan.audit a where a.epoch < latest.epoch and a.epoch <> $1), nth + 1
       from latest where latest.epoch is not null and nth < ${anchoredChains}
     )
     select head.epoch, head.seq, head.hash
     from latest cross join lateral (
       select a.epoch, a.seq, a.hash from castellan.audit a where a.epoch = latest.epoch order by a.seq desc limit 1
     ) head
     order by head.epoch`,
    [epoch],
  );
}

/** Sorts by time, so that the latest chains can be found; the random half makes it nobody else's. */
function newEpoch(at: Date): string {
  return `${at.toISOString().replace(/[-:.]/g, '')}-${randomBytes(8).toString('hex')}`;
}

function now(): string {
  return new Date().toISOString();
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'audit-broken';
}

function writeFailed(cause: unknown): Error {
  return auditError('audit-write-failed', {
    message: 'the audit row could not be written',
    next: 'check the room on the disk of the data directory, and the database (castellan doctor)',
    cause,
  });
}
