import type { Queryable } from '../../src/store/database.ts';
import { mayRead } from './shelves.ts';

/** An entry that says, but for case and blanks, exactly what another says. */
export interface Identical {
  readonly id: number;
  readonly owner: string;
  readonly validFrom: Date;
  readonly validTo: Date | undefined;
}

/** By hash, in hex; what this human may read and what lives, his own first and older before younger. */
export async function readIdentical(
  queryable: Queryable,
  human: string,
  hashes: readonly Uint8Array[],
): Promise<ReadonlyMap<string, readonly Identical[]>> {
  if (hashes.length === 0) return new Map();
  const rows = await queryable.query<Omit<Identical, 'validTo'> & { validTo: Date | null; hash: Uint8Array }>(
    `select memory.id, shelf.owner, memory.valid_from as "validFrom", memory.valid_to as "validTo", memory.hash
     from unnest($2::bytea[]) as asked (hash)
     cross join lateral (
       select * from castellan.memory where hash = asked.hash and deleted_at is null offset 0
     ) memory
     join castellan.shelf shelf on shelf.id = memory.shelf and ${mayRead('$1')}
     order by shelf.owner = $1::text desc, memory.id`,
    [human, [...new Map(hashes.map((hash) => [keyOf(hash), hash])).values()]],
  );
  const found = rows.map(({ hash, validTo, ...row }) => ({
    hash,
    identical: { ...row, validTo: validTo ?? undefined },
  }));
  return new Map(
    [...Map.groupBy(found, ({ hash }) => keyOf(hash))].map(([key, same]) => [
      key,
      same.map(({ identical }) => identical),
    ]),
  );
}

export function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

/** Still true: what came to an end may be said again. */
export function isOpen({ validTo }: Pick<Identical, 'validTo'>, at: Date): boolean {
  return validTo === undefined || validTo > at;
}
