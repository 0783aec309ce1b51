import type { Memory, WholeEntry } from '../engine.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { readLinks } from './links.ts';
import { readHistories } from './revisions.ts';
import { readEntries } from './rows.ts';

export function createGet({ database }: EntriesDependencies): Memory['get'] {
  return async (ids, by) => {
    const known = ids.filter((id) => Number.isSafeInteger(id) && id > 0);
    const entries = await readEntries(database, by.human, known, { ownDeleted: true });
    const found = [...entries.keys()];
    const links = Map.groupBy(await readLinks(database, by.human, found), ({ entry }) => entry);
    const histories = await readHistories(database, found);
    const ciphers = await database.query<{ id: number; cipher: Uint8Array; sealedWith: string }>(
      `select id, cipher, sealed_with as "sealedWith" from castellan.memory
       where id = any ($1::int8[]) and cipher is not null`,
      [found],
    );
    const sealed = new Map(ciphers.map(({ id, ...rest }) => [id, rest]));
    return [...new Set(known)].flatMap((id): WholeEntry[] => {
      const entry = entries.get(id);
      if (entry === undefined) return [];
      const own = links.get(id) ?? [];
      return [
        {
          entry,
          links: own.map(({ type, direction, other }) => ({ type, direction, id: other })),
          history: histories.get(id) ?? [],
          cipher: sealed.get(id)?.cipher,
          sealedWith: sealed.get(id)?.sealedWith,
        },
      ];
    });
  };
}
