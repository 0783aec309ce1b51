import type { Queryable } from '../../src/store/database.ts';
import { foldCategory } from '../categories.ts';
import type { Categories, Question } from '../engine.ts';
import { plainTag, proveSession, proveSource } from '../entries/fields.ts';

/**
 * What passes the filters of a question, asked of the database before anything is ranked: a filter that few entries pass
 * loses none of them to a ranking that stops at a hundred.
 */
export interface Permitted {
  /** To rank: what passes, and what is superseded, for what it leads to may pass. */
  readonly allowed: ReadonlyMap<number, ReadonlySet<number>>;
  /** To show. */
  readonly passing: ReadonlySet<number>;
}

export type Filters = Pick<Question, 'category' | 'tags' | 'session' | 'source' | 'since'>;

/** Undefined: there are no filters. Errors: `memory-category`, `memory-invalid`. */
export async function readPermitted(
  queryable: Queryable,
  categories: Categories,
  shelves: readonly number[],
  { category, tags, session, source, since }: Filters,
): Promise<Permitted | undefined> {
  if ([category, tags?.[0], session, source, since].every((filter) => filter === undefined)) return;
  const rows = await queryable.query<{ shelf: number; passes: boolean; ids: readonly number[] }>(
    `select shelf, passes, array_agg(id) as ids
     from (
       select shelf, id,
         ($2::text is null or category = $2) and ($3::text[] is null or tags @> $3)
           and ($4::text is null or session = $4) and ($5::text is null or source = $5)
           and ($6::timestamptz is null or updated_at >= $6) as passes
       from castellan.memory where shelf = any ($1::int4[]) and deleted_at is null
     ) memory
     where passes or exists (
       select from castellan.memory_link link
       join castellan.memory newer on newer.id = link.source and newer.deleted_at is null
       where link.target = memory.id and link.type = 'supersedes' and newer.shelf = any ($1::int4[]))
     group by shelf, passes`,
    [
      shelves,
      category === undefined ? null : foldCategory(categories, category),
      tags === undefined ? null : tags.map(plainTag),
      proveSession(session) ?? null,
      proveSource(source) ?? null,
      since ?? null,
    ],
  );
  const allowed = new Map<number, Set<number>>();
  const passing = new Set<number>();
  for (const { shelf, passes, ids } of rows) {
    const items = allowed.get(shelf) ?? new Set();
    allowed.set(shelf, items);
    for (const id of ids) {
      items.add(id);
      if (passes) passing.add(id);
    }
  }
  return { allowed, passing };
}
