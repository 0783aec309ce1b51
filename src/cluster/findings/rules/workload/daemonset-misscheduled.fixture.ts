import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, workload } from '../../workload.fixture.ts';

const strays = { numberMisscheduled: 1 };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a node was tainted and its pod stayed',
      objects: [workload('DaemonSet', { status: strays })],
      finds: [{ object: 'DaemonSet shop/web', severity: 'notice', says: /^1 pod runs on nodes it should not run on$/ }],
    },
  ],
  green: [
    { because: 'every pod is where it belongs', objects: [workload('DaemonSet')] },
    {
      because: 'it is being deleted',
      objects: [workload('DaemonSet', { metadata: { deletionTimestamp: minutesAgo(1) }, status: strays })],
    },
  ],
};
