import type { Queryable } from '../../src/store/database.ts';
import type { WholeEntry } from '../engine.ts';
import type { Sealed } from './sealing.ts';

/** A revision that is to be sealed afterwards, because its entry became sensitive. */
export interface SealedRevision extends Sealed {
  readonly revision: number;
}

/** Keeps what an entry is now, before it becomes something else. */
export async function keepRevision(transaction: Queryable, id: number, replacedBy: string, at: Date): Promise<void> {
  await transaction.query(
    `insert into castellan.memory_revision (memory, revision, replaced_at, replaced_by, category, content, cipher,
       sealed_with, keywords, tags, importance, valid_from, valid_to)
     select id, revision, $2, $3, category, content, cipher, sealed_with, keywords, tags, importance, valid_from, valid_to
     from castellan.memory where id = $1`,
    [id, at, replacedBy],
  );
}

export async function readPlainRevisions(
  queryable: Queryable,
  id: number,
): Promise<readonly { readonly revision: number; readonly content: string }[]> {
  return queryable.query(
    'select revision, content from castellan.memory_revision where memory = $1 and content is not null order by revision',
    [id],
  );
}

export async function sealRevisions(
  transaction: Queryable,
  id: number,
  revisions: readonly SealedRevision[],
): Promise<void> {
  for (const { revision, cipher, sealedWith } of revisions) {
    await transaction.query(
      `update castellan.memory_revision set content = null, cipher = $3, sealed_with = $4
       where memory = $1 and revision = $2`,
      [id, revision, cipher, sealedWith],
    );
  }
}

/** By entry, oldest first. That the entries may be read is the caller's to know. */
export async function readHistories(
  queryable: Queryable,
  ids: readonly number[],
): Promise<ReadonlyMap<number, WholeEntry['history']>> {
  const rows = await queryable.query<WholeEntry['history'][number] & { memory: number }>(
    `select memory, revision, replaced_at as "replacedAt", replaced_by as "replacedBy"
     from castellan.memory_revision where memory = any ($1::int8[]) order by memory, revision`,
    [ids],
  );
  return new Map(
    [...Map.groupBy(rows, ({ memory }) => memory)].map(([id, own]) => [id, own.map(({ memory: _, ...rest }) => rest)]),
  );
}
