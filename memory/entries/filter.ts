import { foldCategory } from '../categories.ts';
import type { Categories } from '../engine.ts';
import type { Visibility } from '../entry.ts';
import { plainTag, proveSession, proveSource } from './fields.ts';
import { mayRead } from './shelves.ts';

/** What entries are chosen by, in a list. */
export interface EntryFilter {
  readonly category?: string;
  /** All of them. */
  readonly tags?: readonly string[];
  readonly visibility?: Visibility;
  readonly session?: string;
  readonly source?: string;
  /** Recorded or changed since. */
  readonly since?: Date;
  readonly mine?: boolean;
  /** Deleted ones of one's own in place of living ones. */
  readonly deleted?: boolean;
}

/** Numbers the values of a statement in the order they are given. */
export interface Parameters {
  readonly values: readonly unknown[];
  add(value: unknown): `$${number}`;
}

export function startParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/**
 * The conditions, on `memory` and `shelf` as `entryTables` names them, joined by `and`; that this human may read is one of them. Values
 * go into `parameters`. Errors: `memory-category`, `memory-invalid`.
 */
export function conditionOf(
  filter: EntryFilter,
  human: string,
  categories: Categories,
  parameters: Parameters,
): string {
  const reader = parameters.add(human);
  const conditions = [mayRead(reader)];
  if (filter.deleted === true) conditions.push('memory.deleted_at is not null', `shelf.owner = ${reader}::text`);
  else conditions.push('memory.deleted_at is null');
  if (filter.mine === true) conditions.push(`shelf.owner = ${reader}::text`);
  if (filter.category !== undefined)
    conditions.push(`memory.category = ${parameters.add(foldCategory(categories, filter.category))}`);
  if (filter.tags !== undefined && filter.tags.length > 0)
    conditions.push(`memory.tags @> ${parameters.add(filter.tags.map(plainTag))}::text[]`);
  if (filter.visibility !== undefined) conditions.push(`shelf.visibility = ${parameters.add(filter.visibility)}`);
  const [session, source] = [proveSession(filter.session), proveSource(filter.source)];
  if (session !== undefined) conditions.push(`memory.session = ${parameters.add(session)}`);
  if (source !== undefined) conditions.push(`memory.source = ${parameters.add(source)}`);
  if (filter.since !== undefined) conditions.push(`memory.updated_at >= ${parameters.add(filter.since)}`);
  return conditions.join(' and ');
}
