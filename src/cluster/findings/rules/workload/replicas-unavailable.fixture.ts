import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, owner, pod, replicaSet, workload } from '../../workload.fixture.ts';

const none = { readyReplicas: undefined, availableReplicas: undefined };
const unready = (minutesOld: number) => pod({ name: 'web-2', minutesOld, ready: false });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'no pod of a Deployment is ready',
      objects: [workload('Deployment', { status: none }), replicaSet, unready(10)],
      finds: [{ object: 'Deployment shop/web', severity: 'critical', says: /^0\/2 ready$/ }],
    },
    {
      because: 'one pod is missing and cannot be created',
      objects: [workload('Deployment', { spec: { replicas: 3 } }), pod(), pod({ name: 'web-2' })],
      finds: [{ object: 'Deployment shop/web', severity: 'warning', says: /^2\/3 ready, 1 not created$/ }],
    },
    {
      because: 'a StatefulSet has one pod of two',
      objects: [workload('StatefulSet', { status: { readyReplicas: 1 } }), unready(10)],
      finds: [{ object: 'StatefulSet shop/web', severity: 'warning', says: /^1\/2 ready$/ }],
    },
    {
      because: 'a DaemonSet misses a node',
      objects: [workload('DaemonSet', { status: { numberReady: 1 } }), unready(10)],
      finds: [{ object: 'DaemonSet shop/web', severity: 'warning', says: /^1\/2 ready$/ }],
    },
    {
      because: 'a ReplicaSet of its own has none',
      objects: [workload('ReplicaSet', { status: none })],
      finds: [{ object: 'ReplicaSet shop/web', severity: 'critical', says: /^0\/2 ready$/ }],
    },
    {
      because: 'its newest pod may still become ready',
      objects: [workload('Deployment', { status: { readyReplicas: 1 } }), pod(), unready(0.5)],
      finds: [{ object: 'Deployment shop/web', severity: 'notice', says: /^1\/2 ready, starting for 30s$/ }],
    },
    {
      because: 'no controller looks at it',
      objects: [workload('Deployment', { status: { ...none, observedGeneration: undefined, replicas: undefined } })],
      finds: [{ object: 'Deployment shop/web', severity: 'warning', says: /its controller has not looked at it/ }],
    },
  ],
  green: [
    { because: 'all are ready', objects: ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => workload(kind)) },
    {
      because: 'it is parked',
      objects: ['Deployment', 'StatefulSet', 'ReplicaSet'].map((kind) =>
        workload(kind, {
          spec: { replicas: 0 },
          status: { ...none, replicas: undefined, conditions: [{ type: 'Available', status: 'False' }] },
        }),
      ),
    },
    {
      because: 'no node wants the DaemonSet',
      objects: [workload('DaemonSet', { status: { desiredNumberScheduled: 0, numberReady: 0 } })],
    },
    {
      because: 'the ReplicaSet’s Deployment tells about it',
      objects: [workload('ReplicaSet', { metadata: { ownerReferences: [owner('Deployment', 'web')] }, status: none })],
    },
    {
      because: 'it is being deleted',
      objects: [workload('Deployment', { metadata: { deletionTimestamp: minutesAgo(1) }, status: none })],
    },
    {
      because: 'it was made a moment ago',
      objects: [
        workload('Deployment', {
          metadata: { creationTimestamp: minutesAgo(0.5) },
          status: { ...none, observedGeneration: undefined, replicas: undefined },
        }),
      ],
    },
  ],
};
