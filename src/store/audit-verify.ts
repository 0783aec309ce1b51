import { z } from 'zod';
import type { AuditKeys, AuditRow, Head } from './audit-chain.ts';
import { noHash } from './audit-chain.ts';
import { readHeads } from './audit-heads.ts';
import type { Queryable } from './database.ts';

/**
 * Reads the whole audit and says what does not fit. It proves edits, recomputed chains, cut tails and removed chains as far
 * as anything outside of what was changed still names the old state: the key, another chain's anchors, a head file.
 */
export interface AuditReport {
  readonly rows: number;
  readonly epochs: number;
  /** Heads named by anchors and checked. */
  readonly anchored: number;
  /** Head files read and checked. */
  readonly headFiles: number;
  readonly problems: readonly AuditProblem[];
}

export interface AuditProblem {
  readonly kind:
    | 'edited-row'
    | 'missing-row'
    | 'foreign-key'
    | 'cut-tail'
    | 'removed-epoch'
    | 'rewritten-chain'
    | 'unreadable-head'
    | 'guard-missing';
  readonly epoch?: string;
  readonly seq?: number;
  readonly message: string;
}

const rowsPerPage = 1_000;
/** A chain recomputed from the start is one finding, not a million. */
const problemsPerEpoch = 20;

const headsEntry = z.object({
  kind: z.enum(['open', 'anchor']),
  heads: z.array(z.object({ epoch: z.string(), seq: z.number(), hash: z.string() })),
});
const openEntry = z.object({ kind: z.literal('open'), key: z.string() });

export async function verifyAudit(database: Queryable, keys: AuditKeys, headsDirectory: string): Promise<AuditReport> {
  // Heads first: rows are only ever added, so what a head names now is there when the rows are read.
  const readings = readHeads(headsDirectory);
  const problems: AuditProblem[] = [...(await guardProblems(database))];
  const seen = new Set<string>();
  let chain: ChainCheck | undefined;
  let rows = 0;
  let anchored = 0;

  for await (const page of pagesOf(database)) {
    for (const row of page) {
      if (chain?.epoch !== row.epoch) chain = createChainCheck(row.epoch, keys);
      seen.add(row.epoch);
      problems.push(...chain.next(row));
    }
    rows += page.length;
    const heads = page.flatMap(({ entry }) => headsEntry.safeParse(entry).data?.heads ?? []);
    anchored += heads.length;
    problems.push(...(await headProblems(database, heads, 'an anchor in another chain')));
  }

  const heads = readings.flatMap((reading) => ('head' in reading ? [reading.head] : []));
  problems.push(...(await headProblems(database, heads, 'its head file')));
  for (const reading of readings) {
    if ('error' in reading) {
      problems.push({ kind: 'unreadable-head', message: `the head file ${reading.file} cannot be read as one` });
    }
  }
  return { rows, epochs: seen.size, anchored, headFiles: heads.length, problems: distinct(problems) };
}

async function* pagesOf(database: Queryable): AsyncGenerator<readonly AuditRow[]> {
  let after = { epoch: '', seq: -1 };
  for (;;) {
    const page = await database.query<AuditRow>(
      `select epoch, seq, entry, hash from castellan.audit
       where (epoch, seq) > ($1, $2) order by epoch, seq limit ${rowsPerPage}`,
      [after.epoch, after.seq],
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}

interface ChainCheck {
  readonly epoch: string;
  next(row: AuditRow): readonly AuditProblem[];
}

function createChainCheck(epoch: string, keys: AuditKeys): ChainCheck {
  let previous: Pick<Head, 'seq' | 'hash'> = { seq: -1, hash: noHash };
  let foreign = false;
  let told = 0;

  const check = (row: AuditRow): AuditProblem | undefined => {
    const opening = row.seq === 0 ? openEntry.safeParse(row.entry).data : undefined;
    if (opening !== undefined && opening.key !== keys.id) {
      foreign = true;
      return {
        kind: 'foreign-key',
        epoch,
        message: `the chain was written with another key (${opening.key}) than this one`,
      };
    }
    if (foreign) return undefined;
    if (row.seq !== previous.seq + 1) {
      const message = `row ${previous.seq + 1} to ${row.seq - 1} of the chain are missing`;
      return { kind: 'missing-row', epoch, seq: previous.seq + 1, message };
    }
    if (row.hash === keys.rowHash(previous.hash, row)) return undefined;
    return {
      kind: 'edited-row',
      epoch,
      seq: row.seq,
      message: 'the row is not what was written, or was not written by Castellan',
    };
  };

  return {
    epoch,
    next: (row) => {
      const problem = check(row);
      previous = row;
      if (problem === undefined || told >= problemsPerEpoch) return [];
      told += 1;
      return [problem];
    },
  };
}

/** Every head named somewhere must still be there, with the same hash. */
async function headProblems(
  database: Queryable,
  heads: readonly Head[],
  witness: string,
): Promise<readonly AuditProblem[]> {
  const problems: AuditProblem[] = [];
  for (let from = 0; from < heads.length; from += rowsPerPage) {
    const batch = heads.slice(from, from + rowsPerPage);
    const found = await database.query<{ epoch: string; seq: number; hash: string | null; last: number | null }>(
      `select named.epoch, named.seq, a.hash,
         (select max(seq) from castellan.audit where epoch = named.epoch) as last
       from unnest($1::text[], $2::int8[]) as named (epoch, seq)
       left join castellan.audit a on a.epoch = named.epoch and a.seq = named.seq`,
      [batch.map(({ epoch }) => epoch), batch.map(({ seq }) => seq)],
    );
    const byHead = new Map(found.map((row) => [`${row.epoch} ${row.seq}`, row]));
    for (const head of batch) {
      const row = byHead.get(`${head.epoch} ${head.seq}`);
      const problem = contradiction(head, row?.hash ?? undefined, row?.last ?? undefined, witness);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

function contradiction(
  { epoch, seq, hash }: Head,
  found: string | undefined,
  last: number | undefined,
  witness: string,
): AuditProblem | undefined {
  if (found === hash) return undefined;
  if (last === undefined)
    return { kind: 'removed-epoch', epoch, message: `the whole chain is gone; ${witness} names it` };
  if (found !== undefined) {
    return {
      kind: 'rewritten-chain',
      epoch,
      seq,
      message: `the chain was recomputed; ${witness} names another row ${seq}`,
    };
  }
  if (last < seq) {
    return { kind: 'cut-tail', epoch, seq, message: `the chain ends at row ${last}; ${witness} names row ${seq}` };
  }
  return { kind: 'missing-row', epoch, seq, message: `the row is missing; ${witness} names it` };
}

async function guardProblems(database: Queryable): Promise<readonly AuditProblem[]> {
  const guards = await database.query(
    `select from pg_trigger
     where tgrelid = 'castellan.audit'::regclass and tgname = 'append_only' and tgenabled in ('O', 'A')
       and tgfoid = 'castellan.refuse_change'::regproc`,
  );
  if (guards.length === 1) return [];
  return [{ kind: 'guard-missing', message: 'the trigger that keeps the table append-only is gone or switched off' }];
}

/** Several anchors name the same head. */
function distinct(problems: readonly AuditProblem[]): readonly AuditProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
