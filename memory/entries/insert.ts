import type { Queryable } from '../../src/store/database.ts';

/** A row of `castellan.memory` that is to be made. */
export interface NewRow {
  readonly id: number;
  readonly shelf: number;
  readonly author: string;
  readonly category: string;
  readonly content: string | undefined;
  readonly cipher: Uint8Array | undefined;
  readonly sealedWith: string | undefined;
  readonly keywords: string;
  readonly tags: readonly string[];
  readonly importance: number;
  readonly source: string | undefined;
  readonly session: string | undefined;
  readonly seq: number | undefined;
  readonly validFrom: Date;
  readonly validTo: Date | undefined;
  readonly recordedAt: Date;
  readonly hash: Uint8Array;
}

/** Ids for rows to come; those that are not used are passed over. */
export async function nextIds(transaction: Queryable, count: number): Promise<readonly number[]> {
  const ids = await transaction.query<{ id: number }>(
    `select nextval(pg_get_serial_sequence('castellan.memory', 'id')) as id from generate_series(1, $1::int4) order by id`,
    [count],
  );
  return ids.map(({ id }) => id);
}

/** All in one statement: a row of its own for each costs ten times as much. */
export async function insertRows(transaction: Queryable, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const table = rows.map(({ cipher, hash, ...row }) => ({
    ...row,
    cipher: cipher && hexOf(cipher),
    hash: hexOf(hash),
  }));
  await transaction.query(
    `insert into castellan.memory (id, shelf, author, category, content, cipher, sealed_with, keywords, tags, importance,
       source, session, seq, valid_from, valid_to, recorded_at, updated_at, hash)
     overriding system value
     select id, shelf, author, category, content, cipher, "sealedWith", keywords, tags, importance,
       source, session, seq, "validFrom", "validTo", "recordedAt", "recordedAt", hash
     from jsonb_to_recordset($1::jsonb) as given (id int8, shelf int4, author text, category text, content text,
       cipher bytea, "sealedWith" text, keywords text, tags text[], importance float4, source text, session text, seq int4,
       "validFrom" timestamptz, "validTo" timestamptz, "recordedAt" timestamptz, hash bytea)`,
    [JSON.stringify(table)],
  );
}

/** The last `seq` of each of these sessions of one owner, on all his shelves; sessions that have none are absent. */
export async function lastOfSessions(
  transaction: Queryable,
  owner: string,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (sessions.length === 0) return new Map();
  const last = await transaction.query<{ session: string; seq: number }>(
    `select memory.session, max(memory.seq) as seq
     from castellan.memory memory join castellan.shelf shelf on shelf.id = memory.shelf
     where shelf.kind = 'memory' and shelf.owner = $1 and memory.session = any ($2::text[]) and memory.seq is not null
     group by memory.session`,
    [owner, sessions],
  );
  return new Map(last.map(({ session, seq }) => [session, seq]));
}

function hexOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`;
}
