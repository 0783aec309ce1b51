import type { Memory, Stats } from '../engine.ts';
import { type LinkType, linkTypes, visibilities } from '../entry.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { entryTables } from './rows.ts';
import { mayRead } from './shelves.ts';

/** Tags that are told of, most used first. */
const mostTags = 50;

/** Of what this human may read; deleted ones only of his own. */
export function createStats({ database }: EntriesDependencies): Memory['stats'] {
  return async ({ human }) => {
    const living = `${entryTables} where memory.deleted_at is null and ${mayRead('$1')}`;
    const counted = <Row extends object>(sql: string): Promise<readonly Row[]> => database.query<Row>(sql, [human]);
    const groups = await counted<Group>(
      `select shelf.visibility, memory.category, count(*) as count, count(memory.cipher) as sensitive,
         min(memory.recorded_at) as oldest, max(memory.recorded_at) as newest
       from ${living} group by grouping sets ((), (shelf.visibility), (memory.category)) order by 3 desc, 2`,
    );
    const whole = groups.find(({ visibility, category }) => visibility === null && category === null);
    const [gone] = await counted<{ deleted: number }>(
      `select count(*) as deleted from ${entryTables} where memory.deleted_at is not null and shelf.kind = 'memory' and shelf.owner = $1::text`,
    );
    const byTag = await counted<Counted>(
      `select tag as name, count(*) as count from ${living.replace(' where ', ' cross join unnest(memory.tags) as tag where ')}
       group by 1 order by 2 desc, 1 limit ${mostTags}`,
    );
    const isLiving = (id: string): string =>
      `(select from ${entryTables} where memory.id = ${id} and memory.deleted_at is null and ${mayRead('$1')} offset 0)`;
    const byType = await counted<Counted>(
      `select link.type as name, count(*) as count from castellan.memory_link link
       cross join lateral ${isLiving('link.source')} source cross join lateral ${isLiving('link.target')} target group by 1`,
    );
    const corpora = await database.query<Stats['corpora'][number]>(
      `select shelf.name, count(distinct section.document) as documents, count(section.id) as sections
       from castellan.shelf shelf left join castellan.section section on section.shelf = shelf.id
       where shelf.kind = 'corpus' group by shelf.name order by shelf.name`,
    );
    return {
      entries: whole?.count ?? 0,
      sensitive: whole?.sensitive ?? 0,
      deleted: gone?.deleted ?? 0,
      byVisibility: counts(
        visibilities,
        named(groups, ({ visibility }) => visibility),
      ),
      byCategory: named(groups, ({ category }) => category),
      byTag,
      links: counts<LinkType>(linkTypes, byType),
      oldest: whole?.oldest ?? undefined,
      newest: whole?.newest ?? undefined,
      corpora,
    };
  };
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

/** Of all, of a visibility or of a category: what is not grouped by is null. */
interface Group {
  readonly visibility: string | null;
  readonly category: string | null;
  readonly count: number;
  readonly sensitive: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

function named(groups: readonly Group[], nameOf: (group: Group) => string | null): readonly Counted[] {
  return groups.flatMap((group) => {
    const name = nameOf(group);
    return name === null ? [] : [{ name, count: group.count }];
  });
}

function counts<Name extends string>(names: readonly Name[], rows: readonly Counted[]): Readonly<Record<Name, number>> {
  const found = new Map(rows.map(({ name, count }) => [name, count]));
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? 0])) as Record<Name, number>;
}
