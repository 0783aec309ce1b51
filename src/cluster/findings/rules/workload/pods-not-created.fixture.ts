import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, owner, type Parts, warning, workload } from '../../workload.fixture.ts';

const quota =
  'pods "web-5d9c7b8f6d-x2x4z" is forbidden: exceeded quota: memory, requested: requests.memory=64Mi, used: ' +
  'requests.memory=128Mi, limited: requests.memory=160Mi';
const refused = (kind: string, message: string, { metadata, spec, status }: Parts = {}) =>
  workload(kind, {
    metadata,
    spec: { replicas: 3, ...spec },
    status: {
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: minutesAgo(40) },
      ],
      ...status,
    },
  });
const says = (object: string, what: RegExp, severity: 'warning' | 'critical' = 'warning') => [
  { object, severity, says: what },
];

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the quota is used up',
      objects: [refused('Deployment', quota)],
      finds: says('Deployment shop/web', /^its pods are not created: quota exceeded$/),
    },
    {
      because: 'the quota is used up and nothing serves',
      objects: [refused('Deployment', quota, { status: { readyReplicas: undefined } })],
      finds: says('Deployment shop/web', /quota exceeded/, 'critical'),
    },
    {
      because: 'a ReplicaSet of its own violates Pod Security',
      objects: [refused('ReplicaSet', 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest"')],
      finds: says('ReplicaSet shop/web', /it violates Pod Security/),
    },
    {
      because: 'a webhook does not answer',
      objects: [refused('Deployment', 'Internal error occurred: failed calling webhook "check.example.net": timeout')],
      finds: says('Deployment shop/web', /an admission webhook does not answer/),
    },
    {
      because: 'a StatefulSet, which has no such condition, lacks a pod and an event tells why',
      objects: [
        workload('StatefulSet', { spec: { replicas: 3 } }),
        warning('FailedCreate', `create Pod web-2 in StatefulSet web failed error: ${quota}`, {
          kind: 'StatefulSet',
          name: 'web',
        }),
      ],
      finds: says('StatefulSet shop/web', /quota exceeded/),
    },
    {
      because: 'a DaemonSet’s ServiceAccount does not exist',
      objects: [
        workload('DaemonSet', { status: { currentNumberScheduled: 0, numberReady: 0 } }),
        warning('FailedCreate', 'pods "web-" is forbidden: serviceaccount "agent" not found', {
          kind: 'DaemonSet',
          name: 'web',
        }),
      ],
      finds: says('DaemonSet shop/web', /its ServiceAccount does not exist/, 'critical'),
    },
  ],
  green: [
    { because: 'all pods are there', objects: [workload('Deployment')] },
    {
      because: 'its Deployment tells about it',
      objects: [refused('ReplicaSet', quota, { metadata: { ownerReferences: [owner('Deployment', 'web')] } })],
    },
    { because: 'it is parked', objects: [refused('Deployment', quota, { spec: { replicas: 0 } })] },
    {
      because: 'the event is old news: all pods are there',
      objects: [workload('StatefulSet'), warning('FailedCreate', quota, { kind: 'StatefulSet', name: 'web' })],
    },
    {
      because: 'the event is about another',
      objects: [
        workload('StatefulSet', { spec: { replicas: 3 } }),
        warning('FailedCreate', quota, { kind: 'StatefulSet', name: 'web2' }),
      ],
    },
  ],
};
