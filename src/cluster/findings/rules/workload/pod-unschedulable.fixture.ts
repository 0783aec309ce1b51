import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, pod } from '../../workload.fixture.ts';

const pending = (message: string, reason = 'Unschedulable', metadata = {}) =>
  pod({
    phase: 'Pending',
    metadata,
    spec: { nodeName: undefined },
    status: {
      containerStatuses: [],
      conditions: [{ type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: minutesAgo(30) }],
    },
  });
const critical = (says: RegExp) => [{ object: 'Pod shop/web-1', severity: 'critical', says }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'no node has so much memory',
      objects: [
        pending(
          '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 Insufficient cpu.',
        ),
      ],
      finds: critical(/^unschedulable: insufficient memory$/),
    },
    {
      because: 'several things stand in its way',
      objects: [
        pending(
          '0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {role: db}, 2 node(s) had volume node affinity conflict.',
        ),
      ],
      finds: critical(/^unschedulable: insufficient cpu, taints, its volume is bound to another node$/),
    },
    {
      because: 'its claim waits for a volume',
      objects: [pending('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')],
      finds: critical(/its claim is not bound/),
    },
    {
      because: 'only cordoned nodes are left',
      objects: [pending('0/1 nodes are available: 1 node(s) were unschedulable.')],
      finds: critical(/cordoned nodes/),
    },
    {
      because: 'the scheduler writes something new',
      objects: [pending('the stars are not right')],
      finds: critical(/^unschedulable$/),
    },
  ],
  green: [
    { because: 'it is scheduled', objects: [pod()] },
    { because: 'it waits behind a gate, which another rule tells', objects: [pending('gated', 'SchedulingGated')] },
    {
      because: 'it is being deleted',
      objects: [pending('3 Insufficient memory', 'Unschedulable', { deletionTimestamp: minutesAgo(1) })],
    },
  ],
};
