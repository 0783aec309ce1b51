import { defineErrors } from '../kit/index.ts';
import type { AuditEntry, AuditKeys, AuditRow, Head } from './audit-chain.ts';
import { noHash } from './audit-chain.ts';
import type { HeadFile } from './audit-heads.ts';
import type { Database, Queryable } from './database.ts';
import { sqlStateOf } from './errors.ts';

export const auditError = defineErrors({
  'audit-write-failed': { audience: 'operator', meaning: 'The audit row of a call could not be written.' },
  'audit-broken': {
    audience: 'operator',
    meaning: "Somebody else wrote into this process's audit chain; nothing more is answered until a restart.",
  },
  'audit-closed': { audience: 'operator', meaning: 'A call ended after the audit was closed for the shutdown.' },
});

const rowsPerStatement = 200;

interface Waiting {
  readonly entry: AuditEntry;
  readonly written: PromiseWithResolvers<void>;
}

/** Where the chain is written: this process's own epoch, at its end only. */
export interface ChainPlace {
  readonly database: Database;
  readonly keys: AuditKeys;
  readonly epoch: string;
  readonly headFile: HeadFile;
}

export interface Chain {
  append(entry: AuditEntry): Promise<void>;
}

export function createChain({ database, keys, epoch, headFile }: ChainPlace): Chain {
  let head: Head = { epoch, seq: -1, hash: noHash };
  /** The last rows of statements of which it is not known whether they were committed, or still will be. */
  let doubtful: readonly Head[] = [];
  /** Whether the chain is known to end at `head`, but for what is doubtful. */
  let settled = true;
  let waiting: Waiting[] = [];
  let flushing = false;

  const settle = async (): Promise<void> => {
    if (settled) return;
    const [last] = await database.query<Head>(
      'select epoch, seq, hash from castellan.audit where epoch = $1 order by seq desc limit 1',
      [epoch],
    );
    const hash = last?.hash ?? noHash;
    const committed = hash === head.hash ? head : doubtful.find((one) => one.hash === hash);
    if (committed === undefined) {
      throw auditError('audit-broken', {
        message: "this process's audit chain ends in a row that this process did not write",
        next: 'run `castellan audit verify`, find out who else writes the database, then restart the daemon',
      });
    }
    if (committed !== head) doubtful = [];
    head = committed;
    settled = true;
  };

  const write = async (entries: readonly AuditEntry[]): Promise<void> => {
    await settle();
    const rows: AuditRow[] = [];
    for (const entry of entries) {
      const before = rows.at(-1) ?? head;
      const seq = before.seq + 1;
      rows.push({ epoch, seq, entry, hash: keys.rowHash(before.hash, { epoch, seq, entry }) });
    }
    const { seq, hash } = rows.at(-1) ?? head;
    const next: Head = { epoch, seq, hash };
    try {
      await insert(database, epoch, rows);
    } catch (error) {
      settled = false;
      if (!wasRefused(error)) doubtful = [...doubtful, next];
      throw error;
    }
    head = next;
    doubtful = [];
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

/** The server's own word that nothing was written. One that was told to stop may have written before it did. */
function wasRefused(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && !/^(08|57)/.test(state);
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'audit-broken';
}

export function writeFailed(cause: unknown): Error {
  return auditError('audit-write-failed', {
    message: 'the audit row could not be written',
    next: 'check the room on the disk of the data directory, and the database (castellan doctor)',
    cause,
  });
}
