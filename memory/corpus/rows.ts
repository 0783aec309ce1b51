import type { Queryable } from '../../src/store/database.ts';

/** A shelf of sections; everybody may read it. */
export interface CorpusShelf {
  readonly id: number;
  readonly name: string;
}

/** Those of these names that are there, or all of them; by name. */
export async function readCorpusShelves(
  queryable: Queryable,
  names: readonly string[] | 'all',
): Promise<readonly CorpusShelf[]> {
  return queryable.query<CorpusShelf>(
    `select id, name from castellan.shelf
     where kind = 'corpus' and ($1::text[] is null or name = any ($1)) order by name`,
    [names === 'all' ? null : names],
  );
}

export interface StoredSection {
  readonly id: number;
  readonly corpus: string;
  readonly document: string;
  readonly heading: string;
  readonly content: string;
  readonly at: Date | undefined;
}

export async function readSections(
  queryable: Queryable,
  ids: readonly number[],
): Promise<ReadonlyMap<number, StoredSection>> {
  if (ids.length === 0) return new Map();
  const rows = await queryable.query<Omit<StoredSection, 'at'> & { readonly at: Date | null }>(
    `select section.id, shelf.name as corpus, section.document, section.heading, section.content, section.at
     from castellan.section section join castellan.shelf shelf on shelf.id = section.shelf
     where section.id = any ($1::int8[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, { ...row, at: row.at ?? undefined }]));
}
