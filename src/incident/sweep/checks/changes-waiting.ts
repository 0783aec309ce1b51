import type { Check } from '../port.ts';
import { daysBetween, found, unknown } from '../results.ts';

const longDays = 2;

export const changesWaiting: Check = {
  id: 'changes-waiting',
  title: 'No change failed, and none waits for long',
  needs: ['keep'],
  look({ keep, at }) {
    if (keep === undefined) return unknown('nobody looked');
    const failed = keep.changes
      .filter(({ failedExpectation }) => failedExpectation)
      .map(({ id, stack }) => `${id} of ${stack} was applied and does not do what was expected`);
    const waiting = keep.changes
      .filter(
        ({ changedAt, failedExpectation }) => !failedExpectation && daysBetween(new Date(changedAt), at) > longDays,
      )
      .map(({ id, stack, state, changedAt }) => `${id} of ${stack} is ${state} since ${changedAt}`);
    return found({ fail: failed, warn: waiting }, `${keep.changes.length} under way`, 'change_status');
  },
};
