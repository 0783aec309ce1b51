import type { Memory } from '../engine.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { createGet } from './get.ts';
import { makeLinks, removeLinks, takeTurnToLink } from './linking.ts';
import { createList } from './list.ts';
import { readOwnLiving } from './own.ts';
import { proveLinks } from './prove.ts';
import { createRemove, createRestore } from './remove.ts';
import { createStats } from './stats.ts';
import { createStore } from './store.ts';
import { createStoreAll } from './store-all.ts';
import { createUpdate } from './update.ts';

export type Entries = Pick<
  Memory,
  'store' | 'storeAll' | 'update' | 'link' | 'unlink' | 'remove' | 'restore' | 'list' | 'get' | 'stats'
>;

/** The writing half of memory, and what reads entries by anything else than a question. */
export function createEntries(dependencies: EntriesDependencies): Entries {
  const { database, now } = dependencies;
  return {
    store: createStore(dependencies),
    storeAll: createStoreAll(dependencies),
    update: createUpdate(dependencies),
    link: (source, links, by) =>
      database.transaction(async (transaction) => {
        proveLinks(links);
        await takeTurnToLink(transaction);
        await readOwnLiving(transaction, source, by);
        const own = links.map((link) => ({ ...link, source }));
        await makeLinks(transaction, own, by, now());
      }),
    unlink: (source, links, by) =>
      database.transaction(async (transaction) => {
        proveLinks(links);
        await takeTurnToLink(transaction);
        await readOwnLiving(transaction, source, by);
        await removeLinks(transaction, source, links, now());
      }),
    remove: createRemove(dependencies),
    restore: createRestore(dependencies),
    list: createList(dependencies),
    get: createGet(dependencies),
    stats: createStats(dependencies),
  };
}
