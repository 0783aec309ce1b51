import { randomBytes } from 'node:crypto';
import type { AuditedCall, AuditKeys, Head } from './audit-chain.ts';
import { entryOf } from './audit-chain.ts';
import { createHeadFile, type HeadFile } from './audit-heads.ts';
import { auditError, createChain, writeFailed } from './audit-writer.ts';
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
  /** Names the heads of other chains that moved since, in this one. Done every 10 s by itself, on a server. */
  anchor(): Promise<void>;
}

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

/** Begins a new epoch; its first row names the heads of the epochs before. */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { database, log } = options;
  const epoch = newEpoch(new Date());
  const headFile = openHeadFile(options, epoch);
  const chain = createChain({ database, keys: options.keys, epoch, headFile });
  const named = new Map<string, number>();

  /** Hands `write` the heads that moved since they were last looked at, and remembers them once it has named them. */
  const naming = async (write: (heads: readonly Head[]) => Promise<void>): Promise<void> => {
    const heads = await otherHeads(database, epoch);
    const moved = heads.filter((head) => named.get(head.epoch) !== head.seq);
    await write(await worthNaming(database, moved, named));
    for (const head of moved) named.set(head.epoch, head.seq);
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

/** Chains that only named others since are left out: two idle processes would otherwise name each other for ever. */
async function worthNaming(
  database: Queryable,
  moved: readonly Head[],
  named: ReadonlyMap<string, number>,
): Promise<readonly Head[]> {
  if (moved.length === 0) return [];
  const told = await database.query<Pick<Head, 'epoch'>>(
    `select moved.epoch from unnest($1::text[], $2::int8[]) as moved (epoch, named)
     where exists (
       select from castellan.audit a
       where a.epoch = moved.epoch and a.seq > moved.named and a.entry->>'kind' <> 'anchor'
     )`,
    [moved.map(({ epoch }) => epoch), moved.map((head) => named.get(head.epoch) ?? -1)],
  );
  const epochs = new Set(told.map(({ epoch }) => epoch));
  return moved.filter((head) => epochs.has(head.epoch));
}

/** Sorts by time, so that the latest chains can be found; the random half makes it nobody else's. */
function newEpoch(at: Date): string {
  return `${at.toISOString().replace(/[-:.]/g, '')}-${randomBytes(8).toString('hex')}`;
}

function now(): string {
  return new Date().toISOString();
}
