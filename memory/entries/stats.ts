import type { Memory, Stats } from '../engine.ts';
import { type LinkType, linkTypes, visibilities } from '../entry.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { entryTables } from './rows.ts';
import { mayRead, readableShelves } from './shelves.ts';

/** Tags that are told of, most used first. */
const mostTags = 50;

/** Of what this human may read; deleted ones only of his own. */
export function createStats({ database }: EntriesDependencies): Memory['stats'] {
  return async ({ human }) => {
    const living = `${entryTables} where memory.deleted_at is null and ${mayRead('$1')}`;
    const counted = <Row extends object>(sql: string): Promise<readonly Row[]> => database.query<Row>(sql, [human]);
    const [whole] = await counted<Whole>(
      `select count(*) as entries, count(memory.cipher) as sensitive, min(memory.recorded_at) as oldest,
         max(memory.recorded_at) as newest from ${living}`,
    );
    const [gone] = await counted<{ deleted: number }>(
      `select count(*) as deleted from ${entryTables} where memory.deleted_at is not null and shelf.kind = 'memory' and shelf.owner = $1::text`,
    );
    const byVisibility = await counted<Counted>(
      `select shelf.visibility as name, count(*) as count from ${living} group by 1`,
    );
    const byCategory = await counted<Counted>(
      `select memory.category as name, count(*) as count from ${living} group by 1 order by 2 desc, 1`,
    );
    const byTag = await counted<Counted>(
      `select tag as name, count(*) as count from ${living.replace(' where ', ' cross join unnest(memory.tags) as tag where ')}
       group by 1 order by 2 desc, 1 limit ${mostTags}`,
    );
    const shelves = (await readableShelves(database, human)).map(({ id }) => id);
    const byType = await database.query<Counted>(
      `select link.type as name, count(*) as count from castellan.memory_link link
       join castellan.memory source on source.id = link.source and source.deleted_at is null
       join castellan.memory target on target.id = link.target and target.deleted_at is null
       where source.shelf = any ($1::int4[]) and target.shelf = any ($1::int4[]) group by 1`,
      [shelves],
    );
    const corpora = await database.query<Stats['corpora'][number]>(
      `select shelf.name, count(distinct section.document) as documents, count(section.id) as sections
       from castellan.shelf shelf left join castellan.section section on section.shelf = shelf.id
       where shelf.kind = 'corpus' group by shelf.name order by shelf.name`,
    );
    return {
      entries: whole?.entries ?? 0,
      sensitive: whole?.sensitive ?? 0,
      deleted: gone?.deleted ?? 0,
      byVisibility: counts(visibilities, byVisibility),
      byCategory,
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

interface Whole {
  readonly entries: number;
  readonly sensitive: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

function counts<Name extends string>(names: readonly Name[], rows: readonly Counted[]): Readonly<Record<Name, number>> {
  const found = new Map(rows.map(({ name, count }) => [name, count]));
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? 0])) as Record<Name, number>;
}
