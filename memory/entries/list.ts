import type { ListFilter, Memory } from '../engine.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { conditionOf, type Parameters, startParameters } from './filter.ts';
import { entryColumns, entryTables, queryEntries } from './rows.ts';

const mostListed = 1_000;

export function createList({ database, categories }: EntriesDependencies): Memory['list'] {
  return async (filter, by) => {
    const parameters = startParameters();
    const condition = conditionOf(filter, by.human, categories, parameters);
    const [counted] = await database.query<{ total: number }>(
      `select count(*) as total from ${entryTables} where ${condition}`,
      [...parameters.values],
    );
    const { after, by: order } = orderOf(filter, parameters);
    const limit = parameters.add(Math.min(Math.max(0, filter.limit), mostListed));
    const entries = await queryEntries(
      database,
      `select ${entryColumns} from ${entryTables} where ${condition} and ${after} order by ${order} limit ${limit}`,
      parameters.values,
    );
    return { entries, total: counted?.total ?? 0 };
  };
}

/** What no two entries share, so that a page ends and the next begins between two of them whatever was stored meanwhile. */
function orderOf(
  { order = 'newest', after }: ListFilter,
  parameters: Parameters,
): { readonly after: string; readonly by: string } {
  const importance = order === 'importance' ? ['memory.importance'] : [];
  const columns = [...importance, 'memory.recorded_at', 'memory.id'];
  const direction = order === 'oldest' ? 'asc' : 'desc';
  const by = columns.map((column) => `${column} ${direction}`).join(', ');
  if (after === undefined) return { after: 'true', by };
  const importanceOf = importance.map(() => `${parameters.add(after.importance)}::float4`);
  const place = [...importanceOf, `${parameters.add(after.at)}::timestamptz`, `${parameters.add(after.id)}::int8`];
  return { after: `(${columns.join(', ')}) ${order === 'oldest' ? '>' : '<'} (${place.join(', ')})`, by };
}
