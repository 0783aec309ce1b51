import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, pod } from '../../workload.fixture.ts';

const deleted = (minutes: number, finalizers?: readonly string[]) =>
  pod({ metadata: { deletionTimestamp: minutesAgo(minutes), finalizers } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a finalizer is not removed',
      objects: [deleted(10, ['example.net/held'])],
      finds: [
        { object: 'Pod shop/web-1', severity: 'warning', says: /^stuck terminating: a finalizer is not removed$/ },
      ],
    },
    {
      because: 'its node is gone',
      objects: [deleted(10)],
      finds: [{ object: 'Pod shop/web-1', severity: 'warning', says: /its node does not confirm the end/ }],
    },
  ],
  green: [
    { because: 'it has only just begun to end', objects: [deleted(1)] },
    { because: 'its grace period is not over', objects: [deleted(-3)] },
    { because: 'it is not being deleted', objects: [pod({ metadata: { finalizers: ['example.net/held'] } })] },
  ],
};
