import type { Queryable } from '../../src/store/database.ts';
import { longestChain, readPresent } from '../entries/links.ts';
import { entryTables, type PlacedEntry, readEntries } from '../entries/rows.ts';
import { mayRead } from '../entries/shelves.ts';

/**
 * What is shown for an entry that was found, at the moment that is asked about.
 *
 *  now    the end of its chain of supersedes; nothing, when that is not valid any more or not yet
 *  as of  of the whole chain, older and newer, the youngest that was valid then, in the words it had then: what an update
 *         has replaced since is in its history
 */
export interface Shown {
  readonly entry: PlacedEntry;
  /** `outside`: not valid at the moment. */
  readonly standing: 'valid' | 'outside';
}

/** By the id that was found. Ids that may not be read, or are deleted, are left out. */
export async function readShown(
  queryable: Queryable,
  human: string,
  ids: readonly number[],
  moment: { readonly now: Date; readonly asOf: Date | undefined },
): Promise<ReadonlyMap<number, Shown>> {
  return moment.asOf === undefined
    ? shownNow(queryable, human, ids, moment.now)
    : shownThen(queryable, human, ids, moment.asOf);
}

async function shownNow(
  queryable: Queryable,
  human: string,
  ids: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Shown>> {
  const present = await readPresent(queryable, human, ids);
  return new Map(
    [...present].map(([id, entry]) => [id, { entry, standing: isValid(entry, now) ? 'valid' : 'outside' }]),
  );
}

async function shownThen(
  queryable: Queryable,
  human: string,
  ids: readonly number[],
  asOf: Date,
): Promise<ReadonlyMap<number, Shown>> {
  const chains = await readChains(queryable, human, ids);
  const now = await readEntries(queryable, human, [...ids, ...[...chains.values()].flat()]);
  const then = await readRevisions(queryable, [...now.keys()], asOf);
  const shown = new Map<number, Shown>();
  for (const id of ids) {
    const found = now.get(id);
    if (found === undefined) continue;
    const chain = (chains.get(id) ?? [id]).flatMap((one) => now.get(one) ?? []);
    // Valid by what was said of it then, and not known by now to have ended before.
    const valid = chain
      .filter(({ validTo }) => validTo === undefined || validTo > asOf)
      .map((entry) => ({ ...entry, ...then.get(entry.id) }))
      .find((entry) => isValid(entry, asOf));
    shown.set(id, valid === undefined ? { entry: found, standing: 'outside' } : { entry: valid, standing: 'valid' });
  }
  return shown;
}

function isValid({ validFrom, validTo }: PlacedEntry, at: Date): boolean {
  return validFrom <= at && (validTo === undefined || validTo > at);
}

/** Of each entry its chain of supersedes, youngest first, itself among them. Only entries of one owner make a chain (memory/entries/links.ts). */
async function readChains(
  queryable: Queryable,
  human: string,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const start = `select asked.id as entry, asked.id as at, shelf.owner, 0 as depth
       from unnest($2::int8[]) as asked (id)
       cross join lateral (select shelf.owner from ${entryTables} where memory.id = asked.id offset 0) shelf`;
  const next = (from: string, near: 'source' | 'target', far: 'source' | 'target'): string => `
       select memory.id
       from castellan.memory_link link
       join castellan.memory memory on memory.id = link.${far} and memory.deleted_at is null
       join castellan.shelf shelf on shelf.id = memory.shelf and shelf.owner = ${from}.owner and ${mayRead('$1')}
       where link.${near} = ${from}.at and link.type = 'supersedes'`;
  const rows = await queryable.query<{ entry: number; at: number }>(
    `with recursive newer as (
       ${start}
       union all
       select newer.entry, step.id, newer.owner, newer.depth + 1
       from newer cross join lateral (${next('newer', 'target', 'source')} order by memory.id desc limit 1) step
       where newer.depth < ${longestChain}
     ) cycle at set round using path,
     older as (
       ${start}
       union all
       select older.entry, step.id, older.owner, older.depth - 1
       from older cross join lateral (${next('older', 'source', 'target')} offset 0) step
       where older.depth > -${longestChain}
     ) cycle at set round using path
     select entry, at, depth from newer where not round
     union
     select entry, at, depth from older where not round
     order by entry, depth desc, at desc`,
    [human, ids],
  );
  const chains = new Map<number, number[]>();
  for (const { entry, at } of rows) chains.set(entry, [...(chains.get(entry) ?? []), at]);
  return chains;
}

/** What was in force then of those that were updated since. That they may be read is the caller's to know. */
async function readRevisions(
  queryable: Queryable,
  ids: readonly number[],
  asOf: Date,
): Promise<ReadonlyMap<number, Partial<PlacedEntry>>> {
  const rows = await queryable.query<{
    memory: number;
    revision: number;
    category: string;
    content: string | null;
    sensitive: boolean;
    keywords: string;
    tags: readonly string[];
    importance: number;
    validFrom: Date;
    validTo: Date | null;
  }>(
    `select distinct on (memory) memory, revision, category, content, cipher is not null as sensitive, keywords, tags,
       importance, valid_from as "validFrom", valid_to as "validTo"
     from castellan.memory_revision where memory = any ($1::int8[]) and replaced_at > $2
     order by memory, revision`,
    [ids, asOf],
  );
  return new Map(
    rows.map(({ memory, content, validTo, ...rest }) => [
      memory,
      { ...rest, content: content ?? undefined, validTo: validTo ?? undefined },
    ]),
  );
}
