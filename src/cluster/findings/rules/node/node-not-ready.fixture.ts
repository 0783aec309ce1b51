import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, node } from '../../workload.fixture.ts';

const ready = (status: string, reason: string) =>
  node({
    status: { conditions: [{ type: 'Ready', status, reason, message: 'said so', lastTransitionTime: minutesAgo(7) }] },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its kubelet says that it is not',
      objects: [ready('False', 'KubeletNotReady')],
      finds: [{ object: 'Node n1', severity: 'critical', says: /^node not ready$/ }],
    },
    {
      because: 'its kubelet says nothing any more',
      objects: [ready('Unknown', 'NodeStatusUnknown'), node({ metadata: { name: 'n2' } })],
      finds: [{ object: 'Node n1', severity: 'critical', says: /its kubelet does not report$/ }],
    },
    {
      because: 'it never said anything',
      objects: [node({ status: { conditions: [] } })],
      finds: [{ object: 'Node n1', severity: 'critical', says: /its kubelet does not report$/ }],
    },
  ],
  green: [{ because: 'it is ready', objects: [node()] }],
};
