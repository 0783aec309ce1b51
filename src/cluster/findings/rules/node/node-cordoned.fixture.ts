import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, node } from '../../workload.fixture.ts';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'somebody cordoned it',
      objects: [
        node({
          spec: {
            unschedulable: true,
            taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(300) }],
          },
        }),
      ],
      finds: [{ object: 'Node n1', severity: 'notice', says: /^cordoned: it takes no new pods$/ }],
    },
  ],
  green: [
    { because: 'it takes pods', objects: [node()] },
    { because: 'it has another taint', objects: [node({ spec: { taints: [{ key: 'role', effect: 'NoSchedule' }] } })] },
  ],
};
