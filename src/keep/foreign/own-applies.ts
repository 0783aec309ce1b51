import type { ChangeTable } from '../journal/change-table.ts';
import type { OwnApply } from './account.ts';

export interface OwnApplies {
  /** One is under way, or may be: what the state is now says nothing. */
  readonly isRunning: boolean;
  /** Ended after that time, in their order. */
  readonly ended: readonly OwnApply[];
}

const mostLookedAt = 500;

/** What this keep itself did to a stack since, out of its journal. */
export async function ownApplies(
  changes: Pick<ChangeTable, 'latest'>,
  stack: string,
  since: Date | undefined,
): Promise<OwnApplies> {
  const all = (await changes.latest(mostLookedAt)).filter(({ view }) => view.stack === stack);
  const ended = all.flatMap(({ view, facts }): readonly OwnApply[] => {
    if (view.apply === undefined || view.state === 'applying') return [];
    const state = facts.document?.state ?? null;
    const endedAt = new Date(view.apply.endedAt ?? view.changedAt);
    const before = state === null ? null : { lineage: state.lineage, serial: state.serial };
    return [{ change: view.id, endedAt, before, after: view.apply.serial }];
  });
  return {
    isRunning: all.some(({ view }) => view.state === 'applying'),
    ended: ended
      .filter(({ endedAt }) => since === undefined || endedAt > since)
      .sort((one, other) => one.endedAt.getTime() - other.endedAt.getTime()),
  };
}
