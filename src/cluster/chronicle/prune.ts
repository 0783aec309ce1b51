import type { Database } from '../../store/database.ts';

export interface Bounds {
  readonly days: number;
  /** Of the rows themselves, as the database keeps them. */
  readonly bytes: number;
}

export const bounds: Bounds = { days: 30, bytes: 200 * 1024 ** 2 };

/** Room is made for a while, or every new row would cost a look at all others. */
const leftAfter = 0.9;
/** An embedded database does nothing else while it deletes. */
const atOnce = 2_000;

/** Takes away what is too old, and the oldest of what is too much. */
export async function pruneChronicle(database: Database, { days, bytes }: Bounds, now: Date): Promise<void> {
  const tooOld = new Date(now.getTime() - days * 86_400_000);
  const tooMuch = await oldestThatFits(database, bytes);
  const oldest = tooMuch !== undefined && tooMuch > tooOld ? tooMuch : tooOld;
  const contexts = await database.query<{ context: string }>('select distinct context from castellan.chronicle_span');
  for (const { context } of contexts) await deleteBefore(database, context, oldest);
  await database.query('delete from castellan.chronicle_span where to_at < $1', [oldest]);
  await database.query('update castellan.chronicle_span set kept_from = $1 where from_at < $1', [oldest]);
  // Nobody else does it for an embedded database, and a file whose rows are gone only grows.
  if (database.kind === 'embedded') {
    for (const name of ['chronicle', 'chronicle_state', 'chronicle_span']) {
      await database.query(`vacuum castellan.${name}`);
    }
  }
}

/** Undefined when all of them do. */
async function oldestThatFits(database: Database, bytes: number): Promise<Date | undefined> {
  // The file holds every row and its air, and its size costs nothing to ask for: rows are measured when it is too large.
  const [file] = await database.query<{ size: number }>(`select pg_relation_size('castellan.chronicle') as size`);
  if ((file?.size ?? 0) <= bytes) return undefined;
  const [fits] = await database.query<{ total: number; oldest: Date | null }>(
    `select max(upto)::int8 as total, min(minute) filter (where upto <= $1::int8) as oldest from (
       select minute, sum(size) over (order by minute desc) as upto from (
         select date_trunc('minute', at) as minute, sum(pg_column_size(row.*)) as size
         from castellan.chronicle as row group by 1
       ) as minutes
     ) as measured`,
    [Math.floor(bytes * leftAfter)],
  );
  if (fits === undefined || fits.total <= bytes) return undefined;
  // Not even one minute's: all of it goes.
  return fits.oldest ?? new Date('9999-12-31');
}

async function deleteBefore(database: Database, context: string, oldest: Date): Promise<void> {
  for (let gone = atOnce; gone === atOnce; ) {
    const rows = await database.query(
      `delete from castellan.chronicle where (context, key) in (
         select context, key from castellan.chronicle where context = $1 and at < $2 order by at limit $3
       ) returning 1`,
      [context, oldest, atOnce],
    );
    gone = rows.length;
  }
}
