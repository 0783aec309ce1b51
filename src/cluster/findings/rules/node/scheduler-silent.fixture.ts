import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { node, type PodParts, pod } from '../../workload.fixture.ts';

const plane = (
  name = 'n1',
  labels: Readonly<Record<string, string>> = { 'node-role.kubernetes.io/control-plane': '' },
) => node({ metadata: { name, labels } });
const waiting = ({ spec, ...parts }: PodParts = {}) =>
  pod({
    minutesOld: 2,
    phase: 'Pending',
    spec: { nodeName: undefined, ...spec },
    status: { conditions: [], containerStatuses: [] },
    ...parts,
  });
const says = /^the scheduler does not work: 1 pod wait/;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a pod waits and nobody looked at it',
      objects: [plane(), node({ metadata: { name: 'n2' } }), waiting()],
      finds: [{ object: 'Node n1', severity: 'critical', says }],
    },
    {
      because: 'an older installer labels it otherwise',
      objects: [plane('n1', { 'kubernetes.io/role': 'master' }), waiting()],
      finds: [{ object: 'Node n1', severity: 'critical', says }],
    },
    {
      because: 'of several nobody knows which schedules',
      objects: [plane('n1'), plane('n2'), waiting()],
      finds: [
        { object: 'Node n1', severity: 'warning', says },
        { object: 'Node n2', severity: 'warning', says },
      ],
    },
  ],
  green: [
    {
      because: 'it was looked at, and found no node',
      objects: [
        plane(),
        waiting({ status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] } }),
      ],
    },
    { because: 'it is seconds old', objects: [plane(), waiting({ minutesOld: 0.5 })] },
    {
      because: 'another scheduler is to look at it',
      objects: [plane(), waiting({ spec: { schedulerName: 'batch-scheduler' } })],
    },
    { because: 'the control plane is no node of the cluster', objects: [node(), waiting()] },
    { because: 'all pods have a node', objects: [plane(), pod()] },
  ],
};
