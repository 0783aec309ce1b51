import { holdingStates } from '../../change/life/states.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { type Board, type Steps, sealedStates } from './board.ts';
import { endSet } from './ending.ts';
import type { ChangesOptions } from './options.ts';
import { type EndOfSet, endActors, isBroken, pendingOf } from './sets.ts';
import { approveSigned } from './signing.ts';

/**
 * What a keep that was killed left half done is finished, or ended where it cannot be: steps of a set are taken one by one, and each
 * may have been the last. What was being judged or planned is over, for there is no way back to its beginning; what waits, waits on.
 */
export async function tidyUp(steps: Steps, board: Board, options: ChangesOptions): Promise<void> {
  for (const id of new Set(board.open().map(({ view }) => view.set))) {
    await tidySet(steps, board, id, options);
  }
  await tidyLeases(steps, board, options);
  await tidySealed(board, options);
}

/** Ends the rest of a set of which one was ended for all of it: a step between the two could not be written down. */
export async function finishEnd(steps: Steps, board: Pick<Board, 'ofSet'>, id: string): Promise<boolean> {
  const set = await board.ofSet(id);
  const ended = set.find(({ view }) => view.state in endActors);
  if (ended !== undefined) {
    const { why, words } = ended.view;
    return endSet(steps, board, id, ended.view.state as EndOfSet, {
      ...(why === undefined ? {} : { why }),
      ...(words === undefined ? {} : { words }),
    });
  }
  // Only a set with a stack that nobody plans is blocked before it has its stacks.
  const blocked = set.find(({ view }) => view.state === 'blocked');
  if (blocked === undefined) return false;
  for (const { view } of set) {
    if (view.state === 'draft')
      await steps.move(view.id, 'blocked', 'keep', { view: { findings: blocked.view.findings } });
  }
  return false;
}

async function tidySet(steps: Steps, board: Board, id: string, options: ChangesOptions): Promise<void> {
  if (await finishEnd(steps, board, id)) return;
  const set = await board.ofSet(id);
  const pending = pendingOf(set);
  if (pending.some(({ view }) => view.state === 'scanning' || view.state === 'planning')) {
    await endSet(steps, board, id, 'stale', { why: 'the keep was stopped while it worked on it: propose it again' });
    return;
  }
  const signed = pending.filter(({ view }) => view.state === 'awaiting-approval' || view.state === 'denied');
  // The rest of a set whose approval was being written down; what is already approved has the same signatures.
  const approved = set.filter(({ view }) => view.state === 'approved');
  if (signed.some(({ facts }) => facts.signatures.length > 0) && !set.some(isUnsignable)) {
    if (await approveSigned(steps, signed, options))
      options.log.info({ set: id, before: approved.length }, 'changes.approval-finished');
  }
  const revised = set[0]?.view.revises;
  if (revised !== undefined) await supersede(steps, board, revised, id);
  for (const { view } of set) {
    if (view.reverts === undefined) continue;
    const reverted = await board.get(view.reverts);
    if (reverted.view.revertedBy !== view.id) await steps.note(view.reverts, { view: { revertedBy: view.id } });
  }
}

function isUnsignable(change: StoredChange): boolean {
  return isBroken(change) && !change.view.brokenGlass;
}

/** Another set takes the place of the one that a change belongs to. */
export async function supersede(steps: Steps, board: Board, change: string, by: string): Promise<void> {
  const { view } = await board.get(change);
  if (view.set !== by) await endSet(steps, board, view.set, 'superseded', { why: `${by} takes its place` });
}

/** Leases of changes that have no use for one. */
export async function tidyLeases(
  steps: Steps,
  board: Pick<Board, 'get'>,
  { journal }: Pick<ChangesOptions, 'journal'>,
): Promise<void> {
  for (const { stack, change } of await journal.leases.all()) {
    const { state } = (await board.get(change)).view;
    if (!holdingStates.includes(state) && state !== 'interrupted') await steps.giveBack(stack, change);
  }
}

/** Sealed is kept what may be applied, and what somebody has to look into before its stack is free. */
async function tidySealed(board: Board, { journal, sealed }: ChangesOptions): Promise<void> {
  const open = board.open().filter(({ view }) => sealedStates.has(view.state));
  const leased = (await journal.leases.all()).map(({ change }) => change);
  await sealed.cleanUp([...new Set([...open.map(({ view }) => view.id), ...leased])]);
}
