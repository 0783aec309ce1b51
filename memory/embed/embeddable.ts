import type { Queryable } from '../../src/store/database.ts';

/**
 * What is embedded: entries that live and are not sensitive, and sections of corpora; nothing else ever leaves for an endpoint.
 * `hash` is of the text as it stands in the database: what has another hash is embedded again.
 *
 * Columns: shelf, item, hash, text.
 */
export const embeddable = `(
  select m.shelf, m.id as item, sha256(convert_to(m.keywords || E'\\n' || m.content, 'UTF8')) as hash,
         m.keywords || E'\\n' || m.content as text
  from castellan.memory m where m.deleted_at is null and m.cipher is null and m.content is not null
  union all
  select s.shelf, s.id, sha256(convert_to(s.heading || E'\\n' || s.content, 'UTF8')),
         s.heading || E'\\n' || s.content
  from castellan.section s
)`;

/** Whether a row `n` with shelf and item is one of them, without reading a text. */
export const isEmbeddable = `(
  exists (select 1 from castellan.memory m
          where m.id = n.item and m.shelf = n.shelf and m.deleted_at is null and m.cipher is null)
  or exists (select 1 from castellan.section s where s.id = n.item and s.shelf = n.shelf)
)`;

export async function countEmbeddable(database: Queryable): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select (select count(*) from castellan.memory where deleted_at is null and cipher is null)
          + (select count(*) from castellan.section) as count`,
  );
  return row?.count ?? 0;
}
