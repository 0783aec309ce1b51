import type { StoredChange } from '../journal/change-table.ts';
import type { LeaseTable } from '../journal/lease-table.ts';
import type { Board, Steps } from './board.ts';
import { bySet } from './sets.ts';

/**
 * Who goes on next: the oldest set first, with all of its stacks or none. A younger one does not overtake an older that waits for a
 * stack of it: otherwise a set of many stacks would wait for ever. Sets that go on are `scanning` when this resolves.
 */
export async function advanceQueue(
  steps: Steps,
  board: Pick<Board, 'open'>,
  leases: Pick<LeaseTable, 'take'>,
  now: Date,
): Promise<readonly (readonly StoredChange[])[]> {
  const wanted = new Map<string, string>();
  const begun: (readonly StoredChange[])[] = [];
  for (const set of bySet(board.open().filter(({ view }) => view.state === 'draft'))) {
    // Of a set that is being ended, some may be drafts still.
    if (set.length !== set[0]?.view.of) continue;
    const behind = set.map(({ view }) => wanted.get(view.stack)).find((id) => id !== undefined) ?? (await held(set));
    if (behind === undefined) {
      const moved: StoredChange[] = [];
      for (const { view } of set) moved.push(await steps.move(view.id, 'scanning', 'keep'));
      begun.push(moved);
      continue;
    }
    for (const { view } of set) {
      wanted.set(view.stack, wanted.get(view.stack) ?? view.id);
      if (view.queuedBehind !== behind) await steps.note(view.id, { view: { queuedBehind: behind } });
    }
  }
  return begun;

  async function held(set: readonly StoredChange[]): Promise<string | undefined> {
    const holder = await leases.take(set.map(({ view }) => ({ stack: view.stack, change: view.id, since: now })));
    return holder?.change;
  }
}
