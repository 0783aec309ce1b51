import type { Queryable } from '../../src/store/database.ts';
import type { Categories, Question } from '../engine.ts';
import { conditionOf, startParameters } from '../entries/filter.ts';
import { entryTables } from '../entries/rows.ts';
import { mayRead } from '../entries/shelves.ts';

/**
 * What passes the filters of a question, asked of the database before anything is ranked: a filter that few entries pass
 * loses none of them to a ranking that stops at a hundred.
 */
export interface Permitted {
  /** To rank, by shelf: what passes, and what is superseded, for what it leads to may pass. */
  readonly allowed: ReadonlyMap<number, ReadonlySet<number>>;
  /** To show. */
  readonly passing: ReadonlySet<number>;
}

export type Filters = Pick<Question, 'category' | 'tags' | 'session' | 'source' | 'since'>;

/** Undefined: there are no filters. Errors: `memory-category`, `memory-invalid`. */
export async function readPermitted(
  queryable: Queryable,
  human: string,
  categories: Categories,
  filters: Filters,
): Promise<Permitted | undefined> {
  const { category, tags, session, source, since } = filters;
  if ([category, tags?.[0], session, source, since].every((filter) => filter === undefined)) return;
  const parameters = startParameters();
  const passes = conditionOf(filters, human, categories, parameters);
  // As JSON: many times faster than as an array.
  const rows = await queryable.query<{ shelf: number; passes: boolean; ids: readonly number[] }>(
    `select memory.shelf, true as passes, json_agg(memory.id) as ids from ${entryTables} where ${passes} group by 1
     union all
     select memory.shelf, false, json_agg(memory.id) from ${entryTables}
     where ${mayRead('$1')} and memory.id in (
       select link.target from castellan.memory_link link
       join castellan.memory newer on newer.id = link.source and newer.deleted_at is null
       join castellan.shelf shelf on shelf.id = newer.shelf and ${mayRead('$1')}
       where link.type = 'supersedes')
     group by 1`,
    parameters.values,
  );
  const allowed = new Map<number, Set<number>>();
  for (const { shelf, ids } of rows) allowed.set(shelf, new Set([...(allowed.get(shelf) ?? []), ...ids]));
  return { allowed, passing: new Set(rows.filter((row) => row.passes).flatMap(({ ids }) => ids)) };
}
