import type { Queryable } from '../../src/store/database.ts';
import type { Entry, Visibility } from '../entry.ts';
import { mayRead } from './shelves.ts';

/** An entry with the shelf it lies on. */
export interface PlacedEntry extends Entry {
  readonly shelf: number;
}

interface EntryRow {
  readonly id: number;
  readonly shelf: number;
  readonly owner: string;
  readonly author: string;
  readonly visibility: Visibility;
  readonly readers: readonly string[];
  readonly category: string;
  readonly content: string | null;
  readonly sensitive: boolean;
  readonly keywords: string;
  readonly tags: readonly string[];
  readonly importance: number;
  readonly source: string | null;
  readonly session: string | null;
  readonly seq: number | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly recordedAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
  readonly revision: number;
}

/** Entries as a table with their shelf; `memory` and `shelf` are their names in the statement around it. */
export const entryTables = 'castellan.memory memory join castellan.shelf shelf on shelf.id = memory.shelf';

/** What `entryOf` needs of them. */
export const entryColumns = `
  memory.id, memory.shelf, shelf.owner, memory.author, shelf.visibility, shelf.readers, memory.category, memory.content,
  memory.cipher is not null as sensitive, memory.keywords, memory.tags, memory.importance, memory.source, memory.session,
  memory.seq, memory.valid_from as "validFrom", memory.valid_to as "validTo", memory.recorded_at as "recordedAt",
  memory.updated_at as "updatedAt", memory.deleted_at as "deletedAt", memory.revision`;

function entryOf(row: EntryRow): PlacedEntry {
  return {
    ...row,
    content: row.content ?? undefined,
    source: row.source ?? undefined,
    session: row.session ?? undefined,
    seq: row.seq ?? undefined,
    validTo: row.validTo ?? undefined,
    deletedAt: row.deletedAt ?? undefined,
  };
}

/** Runs a select of `entryColumns`. */
export async function queryEntries(
  queryable: Queryable,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly PlacedEntry[]> {
  return (await queryable.query<EntryRow>(sql, parameters)).map(entryOf);
}

/** Entries as a value of a statement, `jsonEntriesOf` reads it: as JSON they are read many times faster than as rows. */
export type JsonEntries = readonly (Omit<EntryRow, Instants> & Readonly<Record<Instants, string | null>>)[] | null;

type Instants = 'validFrom' | 'validTo' | 'recordedAt' | 'updatedAt' | 'deletedAt';

/**
 * A scalar subquery: the entries with the ids that `wanted` selects, as far as the human in `$1` may read them and `isThere`
 * holds. Each is looked up by itself: `offset 0` keeps the planner from joining whole tables, which it may think cheap
 * where no statistics are kept.
 */
export function jsonEntries(wanted: string, isThere: string): string {
  return `(
    select json_agg(entry) from (${wanted}) as wanted (id)
    cross join lateral (
      select ${entryColumns} from ${entryTables} where memory.id = wanted.id and ${mayRead('$1')} and ${isThere} offset 0
    ) as entry)`;
}

/** By id. */
export function jsonEntriesOf(found: JsonEntries | undefined): ReadonlyMap<number, PlacedEntry> {
  const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return new Map(
    (found ?? []).map((row) => [
      row.id,
      entryOf({
        ...row,
        validFrom: new Date(row.validFrom ?? ''),
        validTo: instant(row.validTo),
        recordedAt: new Date(row.recordedAt ?? ''),
        updatedAt: new Date(row.updatedAt ?? ''),
        deletedAt: instant(row.deletedAt),
      }),
    ]),
  );
}

/** By id; what this human may not read, or what is deleted, is left out. `ownDeleted`: deleted ones of his own come too. */
export async function readEntries(
  queryable: Queryable,
  human: string,
  ids: Iterable<number>,
  { ownDeleted = false }: { readonly ownDeleted?: boolean } = {},
): Promise<ReadonlyMap<number, PlacedEntry>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const isThere = '(memory.deleted_at is null or ($3::bool and shelf.owner = $1::text))';
  const [row] = await queryable.query<{ entries: JsonEntries }>(
    `select ${jsonEntries('select unnest($2::int8[])', isThere)} as entries`,
    [human, asked, ownDeleted],
  );
  return jsonEntriesOf(row?.entries);
}
