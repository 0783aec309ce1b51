import type { Board, Steps } from './board.ts';
import type { Told } from './inside.ts';
import { type EndOfSet, endActors, hasBegun, pendingOf } from './sets.ts';

/** Ends all of a set that can still be ended, in one turn. Gives whether there was anything. */
export async function endSet(
  steps: Steps,
  board: Pick<Board, 'ofSet'>,
  set: string,
  to: EndOfSet,
  view: NonNullable<Told['view']>,
): Promise<boolean> {
  const pending = pendingOf(await board.ofSet(set));
  for (const change of pending) await steps.move(change.view.id, to, endActors[to], { view });
  return pending.length > 0;
}

/** What time does: a set that was not begun ends with the first of its changes whose time is over. */
export async function expireIfDue(steps: Steps, board: Pick<Board, 'ofSet'>, set: string, now: Date): Promise<boolean> {
  const changes = await board.ofSet(set);
  // Once its first change was applied, what else was approved is applied when its turn comes.
  const inHand = hasBegun(changes);
  const due = pendingOf(changes).find(
    ({ view: { state, expiresAt } }) =>
      expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime() && !(inHand && state === 'approved'),
  );
  if (due === undefined) return false;
  const { state, stack } = due.view;
  const why =
    state === 'approved'
      ? 'it was approved, and not begun in time'
      : `nobody decided in time about ${stack}, which was ${state}`;
  return endSet(steps, board, set, 'expired', { why });
}
