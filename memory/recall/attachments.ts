import type { Queryable } from '../../src/store/database.ts';
import type { MemoryHit } from '../engine.ts';
import { readLinks, type SeenLink } from '../entries/links.ts';
import type { PlacedEntry } from '../entries/rows.ts';
import type { LinkType } from '../entry.ts';
import { readShown } from './moment.ts';

/** What comes with a hit: the solution of a symptom, whole; all else it is linked with, by its id. */
export interface Company {
  readonly attached: readonly { readonly type: LinkType; readonly entry: PlacedEntry }[];
  readonly pointers: MemoryHit['pointers'];
}

const mostAttached = 3;
const mostPointers = 10;

/**
 * Goes through the hits from the best one on. What is attached to one is told: it is not attached again, and a hit of its own
 * further down is taken out. What was a hit before, or has been seen, is only pointed to.
 */
export async function keepCompany<Row extends { readonly memory: number | undefined }>(
  queryable: Queryable,
  human: string,
  rows: readonly Row[],
  options: {
    readonly limit: number;
    readonly seen: ReadonlySet<string>;
    readonly moment: { readonly now: Date; readonly asOf: Date | undefined };
  },
): Promise<readonly (Row & Company)[]> {
  // Every hit takes at most so many others out.
  const near = rows.slice(0, options.limit * (1 + mostAttached));
  const ids = near.flatMap(({ memory }) => memory ?? []);
  const links = Map.groupBy(await readLinks(queryable, human, ids), ({ entry }) => entry);
  const solutions = [...links.values()].flat().filter(isSolution);
  const shown = await readShown(queryable, human, [...new Set(solutions.map(({ other }) => other))], options.moment);
  const told = new Set<number>();
  const kept: (Row & Company)[] = [];
  for (const row of near) {
    if (kept.length >= options.limit) break;
    if (row.memory === undefined) {
      kept.push({ ...row, attached: [], pointers: [] });
      continue;
    }
    if (told.has(row.memory)) continue;
    told.add(row.memory);
    const own = links.get(row.memory) ?? [];
    const attached = own
      .filter(isSolution)
      .flatMap(({ type, other }) => {
        const solution = shown.get(other);
        return solution?.standing === 'valid' ? [{ type, entry: solution.entry }] : [];
      })
      .filter(({ entry }) => !told.has(entry.id) && !options.seen.has(`m${entry.id}`))
      .slice(0, mostAttached);
    for (const { entry } of attached) told.add(entry.id);
    const here = new Set(attached.map(({ entry }) => entry.id));
    const pointers = own
      .filter((link) => !(link.type === 'supersedes' && link.direction === 'to'))
      .filter((link) => !here.has(isSolution(link) ? (shown.get(link.other)?.entry.id ?? link.other) : link.other))
      .slice(0, mostPointers)
      .map(({ type, direction, other }) => ({ type, direction, id: other }));
    kept.push({ ...row, attached, pointers });
  }
  return kept;
}

function isSolution({ type, direction }: SeenLink): boolean {
  return type === 'resolved-by' && direction === 'to';
}
