import { byTime, type Sighting, together, unitOf } from './sighting.ts';
import { templateOf } from './template.ts';

/** Seen by two sources within this time, it is the same. */
const sameMs = 60_000;
/** A clock may be wrong by a time zone; further apart, it happened twice. */
const wrongClockMs = 4 * 3_600_000;

/**
 * What several sources saw is one row, with the evidence of all. Within a minute they agree; further apart they disagree, if
 * each of them saw exactly this and only once: the row then says by how much.
 */
export function mergeSightings(seen: readonly Sighting[]): readonly Sighting[] {
  return grouped(seen, ({ about, text }) => JSON.stringify([about ?? null, templateOf(text)])).flatMap((group) =>
    grouped(agreeing(group), ({ text }) => text).flatMap(disagreeing),
  );
}

interface Cluster {
  /** Oldest first. */
  readonly members: Sighting[];
}

function agreeing(group: readonly Sighting[]): readonly Sighting[] {
  const clusters: Cluster[] = [];
  for (const one of [...group].sort(byTime)) {
    const fitting = clusters.find(({ members }) => members.every((member) => areOne(member, one)));
    if (fitting === undefined || one.source === 'record') clusters.push({ members: [one] });
    else fitting.members.push(one);
  }
  return clusters.map(({ members }) => joined(members));
}

function areOne(a: Sighting, b: Sighting): boolean {
  const slack = Math.max(sameMs, unitOf[a.precision], unitOf[b.precision]);
  return (
    !a.sources.some((source) => source === 'record' || b.sources.includes(source)) &&
    Math.abs(a.at.getTime() - b.at.getTime()) <= slack
  );
}

/** The row of those that say one text. */
function disagreeing(rows: readonly Sighting[]): readonly Sighting[] {
  const sources = rows.flatMap((row) => row.sources);
  const [first, ...others] = [...rows].sort(byTime);
  const last = others.at(-1);
  const apart = first === undefined || last === undefined ? 0 : last.at.getTime() - first.at.getTime();
  const once = new Set(sources).size === sources.length && !sources.includes('record');
  if (apart <= sameMs || apart > wrongClockMs || !once) return rows;
  return [{ ...joined(rows), disagreementMs: apart }];
}

/** The best known time counts: the finest, then one whose clock is known, then the first. */
function joined(members: readonly Sighting[]): Sighting {
  const [best, ...others] = [...members].sort(
    (a, b) =>
      unitOf[a.precision] - unitOf[b.precision] ||
      Number(a.offsetMs === undefined) - Number(b.offsetMs === undefined) ||
      byTime(a, b),
  );
  if (best === undefined) throw new Error('a row is made of at least one sighting');
  return others.reduce(together, best);
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
