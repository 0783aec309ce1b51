import type { Queryable } from '../../src/store/database.ts';
import type { DocumentColumns } from './document-table.ts';

/** What of a shelf tells whether there is anything new. */
export interface Head {
  readonly id: number;
  readonly documents: number;
  readonly dead: number;
  readonly words: number;
  readonly generation: number;
}

/** From one to below another: document numbers, deaths or words. */
export interface Stretch {
  readonly shelf: number;
  readonly from: number;
  readonly to: number;
}

/** A term's postings from a block on, without the first `skip` bytes of that block. */
export interface WantedPostings {
  readonly shelf: number;
  readonly term: string;
  readonly block: number;
  readonly skip: number;
}

/** `nth`: of what was asked for, from 0. */
interface Answered {
  readonly nth: number;
}

export type DocumentRows = Answered & DocumentColumns;
export type DeathRows = Answered & { readonly numbers: readonly number[] };
export type WordRows = Answered & { readonly words: readonly string[] };
/** All blocks of a term in one row, one after the other. */
export type PostingRows = Answered & {
  readonly blocks: readonly number[];
  /** In bytes. */
  readonly lengths: readonly number[];
  readonly postings: Uint8Array;
};

export function readHeads(database: Queryable, shelves: readonly number[]): Promise<readonly Head[]> {
  return database.query('select id, documents, dead, words, generation from castellan.shelf where id = any($1)', [
    shelves,
  ]);
}

// Each of the statements below asks for several things at once, and looks each up by itself: `offset 0` keeps the planner
// from joining them by reading a whole table, which it may think cheap where no statistics are kept.

/** In ascending order, a row for up to 1024 of them: as JSON they are read many times faster than as rows. */
export function readDocuments(database: Queryable, stretches: readonly Stretch[]): Promise<readonly DocumentRows[]> {
  return database.query(
    `select wanted.nth - 1 as nth, items, "contentLengths", "keywordLengths", sessions, seqs
     from unnest($1::int4[], $2::int4[], $3::int4[]) with ordinality as wanted (shelf, low, high, nth)
     cross join lateral (
       select number / 1024 as chunk, json_agg(item order by number) as items,
         json_agg(content_length order by number) as "contentLengths",
         json_agg(keyword_length order by number) as "keywordLengths",
         json_agg(session order by number) as sessions, json_agg(seq order by number) as seqs
       from castellan.document
       where shelf = wanted.shelf and number >= wanted.low and number < wanted.high
       group by number / 1024 offset 0
     ) as found order by wanted.nth, chunk`,
    columnsOf(stretches),
  );
}

export function readDeaths(database: Queryable, stretches: readonly Stretch[]): Promise<readonly DeathRows[]> {
  return database.query(
    `select wanted.nth - 1 as nth, numbers
     from unnest($1::int4[], $2::int4[], $3::int4[]) with ordinality as wanted (shelf, low, high, nth)
     cross join lateral (
       select json_agg(number) as numbers from castellan.document
       where shelf = wanted.shelf and died >= wanted.low and died < wanted.high having count(*) > 0 offset 0
     ) as found`,
    columnsOf(stretches),
  );
}

export function readWords(database: Queryable, stretches: readonly Stretch[]): Promise<readonly WordRows[]> {
  return database.query(
    `select wanted.nth - 1 as nth, words
     from unnest($1::int4[], $2::int4[], $3::int4[]) with ordinality as wanted (shelf, low, high, nth)
     cross join lateral (
       select json_agg(term order by number) as words from castellan.vocabulary
       where shelf = wanted.shelf and number >= wanted.low and number < wanted.high having count(*) > 0 offset 0
     ) as found`,
    columnsOf(stretches),
  );
}

export function readPostings(database: Queryable, wanted: readonly WantedPostings[]): Promise<readonly PostingRows[]> {
  return database.query(
    `select wanted.nth - 1 as nth, blocks, lengths, postings
     from unnest($1::int4[], $2::text[], $3::int4[], $4::int4[]) with ordinality as wanted (shelf, term, first, skip, nth)
     cross join lateral (
       select json_agg(block order by block) as blocks, json_agg(octet_length(part) order by block) as lengths,
         string_agg(part, '' order by block) as postings
       from (
         select block, case block when wanted.first then substring(postings from wanted.skip + 1) else postings end as part
         from castellan.posting
         where shelf = wanted.shelf and term = wanted.term and block >= wanted.first offset 0
       ) as held having count(*) > 0
     ) as found`,
    [
      wanted.map(({ shelf }) => shelf),
      wanted.map(({ term }) => term),
      wanted.map(({ block }) => block),
      wanted.map(({ skip }) => skip),
    ],
  );
}

function columnsOf(stretches: readonly Stretch[]): readonly unknown[] {
  return [stretches.map(({ shelf }) => shelf), stretches.map(({ from }) => from), stretches.map(({ to }) => to)];
}
