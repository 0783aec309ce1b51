import type { Queryable } from '../../src/store/database.ts';
import type { Actor, LinkTo, LinkType } from '../entry.ts';
import { memoryError } from '../errors.ts';
import { longestChain } from './links.ts';
import { readEntries } from './rows.ts';
import { mayRead } from './shelves.ts';

/**
 * Making and taking back links, inside a transaction. What supersedes an entry of the same owner also ends its validity; when that goes
 * (taken back, deleted) and nothing else supersedes it, it is true again. What is somebody else's is only pointed at.
 */

/** Of the advisory lock that whoever links takes first: two that link at once could close a circle that neither sees. */
const linkingTurn = 7_021_503;

/** Taken before shelves and rows, if a transaction is to link. */
export async function takeTurnToLink(transaction: Queryable): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [linkingTurn]);
}

/** A link with the entry it belongs to. */
export interface OwnLink extends LinkTo {
  readonly source: number;
}

/**
 * The sources must be the actor's own. Links that are there already stay as they are. Errors: `memory-link`, and then nothing of the
 * transaction may stay; unless somebody wants to be told of a link that cannot be made in place of it, and the others are made.
 */
export async function makeLinks(
  transaction: Queryable,
  links: readonly OwnLink[],
  by: Actor,
  now: Date,
  onRefused?: (link: OwnLink) => void,
): Promise<void> {
  const wanted = await newLinks(transaction, links);
  if (wanted.length === 0) return;
  const targets = wanted.map(({ to }) => to);
  await lockRows(transaction, [...wanted.map(({ source }) => source), ...targets]);
  const readable = new Set((await readEntries(transaction, by.human, targets)).keys());
  const made: OwnLink[] = [];
  for (const link of wanted) {
    const error = refusalOf(link, readable) ?? (await refusedChain(transaction, by.human, link));
    if (error === undefined) {
      // At once, and not all together: the next one may go on where this one ends.
      await insertLink(transaction, link, by, now);
      made.push(link);
    } else if (onRefused === undefined) throw error;
    else onRefused(link);
  }
  const superseding = made.filter(({ type }) => type === 'supersedes');
  if (superseding.length === 0) return;
  const sources = superseding.map(({ source }) => source);
  await closeSuperseded(
    transaction,
    sources,
    superseding.map(({ to }) => to),
    now,
  );
}

function refusalOf({ source, type, to }: OwnLink, readable: ReadonlySet<number>): Error | undefined {
  if (to === source) return refused(`${to} cannot have a link to itself`, 'name the other entry', type);
  if (readable.has(to)) return undefined;
  return refused(`there is no entry ${to} to link to`, 'look the id up with recall or list', type);
}

async function insertLink(transaction: Queryable, { source, type, to }: OwnLink, by: Actor, now: Date): Promise<void> {
  await transaction.query(
    'insert into castellan.memory_link (source, type, target, made_by, made_at) values ($1, $2, $3, $4, $5)',
    [source, type, to, by.agent, now],
  );
}

export async function removeLinks(
  transaction: Queryable,
  source: number,
  links: readonly LinkTo[],
  now: Date,
): Promise<void> {
  await lockRows(transaction, [source, ...links.map(({ to }) => to)]);
  await transaction.query(
    `delete from castellan.memory_link where source = $1
     and (type, target) in (select * from unnest($2::text[], $3::int8[]))`,
    [source, links.map(({ type }) => type), links.map(({ to }) => to)],
  );
  const freed = links.filter(({ type }) => type === 'supersedes').map(({ to }) => to);
  await reopen(transaction, source, freed, now);
}

/** Ends what the sources supersede, of the same owner, when they began to be true. `targets`: these only; undefined: all. */
export async function closeSuperseded(
  transaction: Queryable,
  sources: readonly number[],
  targets: readonly number[] | undefined,
  now: Date,
): Promise<void> {
  await transaction.query(
    `update castellan.memory older set valid_to = greatest(closing.at, older.valid_from), updated_at = $3
     from (
       select link.target, min(newer.valid_from) as at
       from castellan.memory_link link
       join castellan.memory newer on newer.id = link.source
       join castellan.shelf shelf on shelf.id = newer.shelf
       join castellan.memory target on target.id = link.target
       join castellan.shelf target_shelf on target_shelf.id = target.shelf and target_shelf.owner = shelf.owner
       where link.source = any ($1::int8[]) and link.type = 'supersedes'
         and ($2::int8[] is null or link.target = any ($2::int8[]))
       group by link.target
     ) closing
     where older.id = closing.target
       and (older.valid_to is null or older.valid_to > greatest(closing.at, older.valid_from))`,
    [sources, targets ?? null, now],
  );
}

/** What these superseded is true again, where it ended with them and nothing else supersedes it. They are deleted, or about to be. */
export async function reopenSuperseded(transaction: Queryable, sources: readonly number[], now: Date): Promise<void> {
  const links = await transaction.query<{ source: number; targets: readonly number[] }>(
    `select source, array_agg(target order by target) as targets from castellan.memory_link
     where source = any ($1::int8[]) and type = 'supersedes' group by source`,
    [sources],
  );
  for (const { source, targets } of links) await reopen(transaction, source, targets, now);
}

async function reopen(transaction: Queryable, source: number, targets: readonly number[], now: Date): Promise<void> {
  if (targets.length === 0) return;
  await transaction.query(
    `update castellan.memory older set valid_to = null, updated_at = $3
     from castellan.memory newer
     join castellan.shelf shelf on shelf.id = newer.shelf
     where newer.id = $1 and older.id = any ($2::int8[])
       and older.shelf in (select own.id from castellan.shelf own where own.owner = shelf.owner)
       and older.valid_to = greatest(newer.valid_from, older.valid_from)
       and not exists (
         select from castellan.memory_link other
         join castellan.memory also on also.id = other.source and also.deleted_at is null and also.id <> $1
         join castellan.shelf also_shelf on also_shelf.id = also.shelf and also_shelf.owner = shelf.owner
         where other.target = older.id and other.type = 'supersedes'
       )`,
    [source, targets, now],
  );
}

/** In an order that is the same for everybody, after the turn and the shelves. */
export async function lockRows(transaction: Queryable, ids: readonly number[]): Promise<void> {
  await transaction.query('select id from castellan.memory where id = any ($1::int8[]) order by id for update', [ids]);
}

async function newLinks(transaction: Queryable, links: readonly OwnLink[]): Promise<readonly OwnLink[]> {
  if (links.length === 0) return [];
  const there = await transaction.query<OwnLink>(
    'select source, type, target as to from castellan.memory_link where source = any ($1::int8[])',
    [links.map(({ source }) => source)],
  );
  const keyOf = ({ source, type, to }: OwnLink): string => `${source} ${type} ${to}`;
  const known = new Set(there.map(keyOf));
  return [...new Map(links.map((link) => [keyOf(link), link])).values()].filter((link) => !known.has(keyOf(link)));
}

/**
 * A chain goes on at both ends of a new link. Only what this human may read is followed: a refusal must not tell of anything else. A
 * circle that closes through what he may not read does no harm, for whoever follows a chain stops at what he has seen.
 */
async function refusedChain(
  transaction: Queryable,
  human: string,
  { source, type, to }: OwnLink,
): Promise<Error | undefined> {
  if (type !== 'supersedes' && type !== 'part-of') return undefined;
  const ends = await transaction.query<{ onward: number; backward: number; round: boolean }>(
    `with recursive onward as (
       select $3::int8 as at, 0 as depth
       union
       select link.target, onward.depth + 1 from onward
       join castellan.memory_link link on link.source = onward.at and link.type = $4
       join castellan.memory memory on memory.id = link.target
       join castellan.shelf shelf on shelf.id = memory.shelf and ${mayRead('$1')}
       where onward.depth <= ${longestChain}
     ), backward as (
       select $2::int8 as at, 0 as depth
       union
       select link.source, backward.depth + 1 from backward
       join castellan.memory_link link on link.target = backward.at and link.type = $4
       join castellan.memory memory on memory.id = link.source
       join castellan.shelf shelf on shelf.id = memory.shelf and ${mayRead('$1')}
       where backward.depth <= ${longestChain}
     )
     select (select max(depth) from onward) as onward, (select max(depth) from backward) as backward,
       exists (select from onward where at = $2::int8) as round`,
    [human, source, to, type],
  );
  const [found = { onward: 0, backward: 0, round: false }] = ends;
  if (found.round) {
    const next = `${to} already leads to ${source}: leave one of the two out`;
    return refused(`${source} → ${to} would close a circle`, next, type);
  }
  const length = found.onward + 1 + found.backward;
  if (length <= longestChain) return undefined;
  return refused(
    `the chain through ${source} → ${to} would have ${length} links, and may have ${longestChain}`,
    'link to the end of the chain in place of its middle, or merge its old entries',
    type,
  );
}

function refused(message: string, next: string, type: LinkType): Error {
  return memoryError('memory-link', { message: `${type}: ${message}`, next });
}
