import type { Queryable } from '../../src/store/database.ts';
import type { LinkType } from '../entry.ts';
import { entryTables, type JsonEntries, jsonEntries, jsonEntriesOf, type PlacedEntry } from './rows.ts';
import { mayRead } from './shelves.ts';

/** A link as it is seen from one of its ends. */
export interface SeenLink {
  /** The entry that was asked about. */
  readonly entry: number;
  readonly type: LinkType;
  /** `to`: the entry says it of the other; `from`: the other says it of the entry. */
  readonly direction: 'to' | 'from';
  readonly other: number;
}

/**
 * All links of these entries, both ways, whose other end is living and may be read; oldest first. That the entries themselves may be
 * read is the caller's to know.
 */
export async function readLinks(
  queryable: Queryable,
  human: string,
  ids: Iterable<number>,
): Promise<readonly SeenLink[]> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return [];
  return queryable.query<SeenLink>(
    `select link.entry, link.type, link.direction, link.other
     from unnest($2::int8[]) as asked (id)
     cross join lateral (
       select source as entry, type, 'to' as direction, target as other, made_at
       from castellan.memory_link where source = asked.id
       union all
       select target, type, 'from', source, made_at
       from castellan.memory_link where target = asked.id
       offset 0
     ) link
     cross join lateral (
       select from ${entryTables}
       where memory.id = link.other and memory.deleted_at is null and ${mayRead('$1')} offset 0
     ) readable
     order by link.made_at, link.entry, link.type, link.other`,
    [human, asked],
  );
}

/** How many links one chain of supersedes or part-of may have. */
export const longestChain = 10;

/**
 * What is shown of each of these entries now: the end of its chain of supersedes, or itself when nothing supersedes it. Only an
 * entry of the same owner takes another's place, for only the owner may change what is said: what somebody else sets against
 * it is a pointer and no more. Where two supersede one, the younger counts. By the id that was asked for; what this human may
 * not read, or what is deleted, is left out: another's successor is no way in.
 */
export async function readPresent(
  queryable: Queryable,
  human: string,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, PlacedEntry>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const [row] = await queryable.query<{ ends: readonly (readonly [number, number])[] | null; entries: JsonEntries }>(
    `with recursive chain as (
       select asked.id as entry, asked.id as at, shelf.owner, 0 as depth
       from unnest($2::int8[]) as asked (id)
       cross join lateral (
         select from castellan.memory_link where target = asked.id and type = 'supersedes' limit 1
       ) superseded
       cross join lateral (select shelf.owner from ${entryTables} where memory.id = asked.id offset 0) shelf
       union all
       select chain.entry, newer.id, chain.owner, chain.depth + 1
       from chain
       cross join lateral (
         select memory.id
         from castellan.memory_link link
         join castellan.memory memory on memory.id = link.source and memory.deleted_at is null
         join castellan.shelf shelf on shelf.id = memory.shelf and shelf.owner = chain.owner and ${mayRead('$1')}
         where link.target = chain.at and link.type = 'supersedes'
         order by memory.id desc limit 1
       ) newer
       where chain.depth < ${longestChain}
     ) cycle at set round using path,
     ends as (select distinct on (entry) entry, at from chain where not round order by entry, depth desc)
     select (select json_agg(json_build_array(entry, at)) from ends) as ends,
       ${jsonEntries('select unnest($2::int8[]) union select at from ends', 'memory.deleted_at is null')} as entries`,
    [human, asked],
  );
  const ends = new Map(row?.ends ?? []);
  const entries = jsonEntriesOf(row?.entries);
  return new Map(
    asked.flatMap((id) => {
      const present = entries.has(id) ? entries.get(ends.get(id) ?? id) : undefined;
      return present === undefined ? [] : [[id, present]];
    }),
  );
}
