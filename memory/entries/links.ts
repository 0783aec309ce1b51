import type { Queryable } from '../../src/store/database.ts';
import type { LinkType } from '../entry.ts';
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
     from (
       select source as entry, type, 'to' as direction, target as other, made_at
       from castellan.memory_link where source = any ($2::int8[])
       union all
       select target, type, 'from', source, made_at
       from castellan.memory_link where target = any ($2::int8[])
     ) link
     join castellan.memory memory on memory.id = link.other and memory.deleted_at is null
     join castellan.shelf shelf on shelf.id = memory.shelf and ${mayRead('$1')}
     order by link.made_at, link.entry, link.type, link.other`,
    [human, asked],
  );
}

/** How many links one chain of supersedes or part-of may have. */
export const longestChain = 10;

/**
 * What is to be shown in place of each of these entries: the end of its chain of supersedes; entries that nothing supersedes are left
 * out. Only an entry of the same owner takes another's place, for only the owner may change what is said: what somebody else
 * sets against it is a pointer and no more. Where two supersede one, the younger counts.
 */
export async function readSuccessors(
  queryable: Queryable,
  human: string,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, number>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const ends = await queryable.query<{ entry: number; successor: number }>(
    `with recursive chain as (
       select memory.id as entry, memory.id as at, shelf.owner, 0 as depth
       from castellan.memory memory join castellan.shelf shelf on shelf.id = memory.shelf
       where memory.id = any ($2::int8[])
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
     ) cycle at set round using path
     select distinct on (entry) entry, at as successor from chain
     where depth > 0 and not round order by entry, depth desc`,
    [human, asked],
  );
  return new Map(ends.map(({ entry, successor }) => [entry, successor]));
}
