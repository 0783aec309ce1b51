import type { JsonObject } from '../../../../kit/index.ts';
import { condition, deployment, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { warning, workload } from '../../workload.fixture.ts';

const quota = (hard: JsonObject, used: JsonObject): JsonObject =>
  make('v1 ResourceQuota', 'shop/memory', { status: { hard, used } });
const refused = (message: string, readyReplicas = 0): JsonObject => ({
  ...deployment('shop/web', 'web', { replicas: 3 }),
  status: {
    readyReplicas,
    conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })],
  },
});
const object = 'ResourceQuota shop/memory';
const exceeded =
  'pods "web-1" is forbidden: exceeded quota: memory, requested: requests.memory=64Mi, used: 128Mi, limited: 160Mi';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the next pod does not fit, though a fifth is free',
      objects: [quota({ 'requests.memory': '160Mi' }, { 'requests.memory': '128Mi' }), refused(exceeded)],
      finds: [
        {
          object,
          severity: 'critical',
          says: /quota refuses pods of Deployment web: requests\.memory 128Mi of 160Mi used \(80 %\)/,
        },
      ],
    },
    {
      because: 'it refuses one more pod of a workload that serves',
      objects: [quota({ 'requests.memory': '160Mi' }, { 'requests.memory': '128Mi' }), refused(exceeded, 2)],
      finds: [{ object, severity: 'warning', says: /quota refuses pods of Deployment web/ }],
    },
    {
      because: 'it wants every pod to say what it takes',
      objects: [
        quota({ 'limits.cpu': '4', 'requests.cpu': '4' }, { 'limits.cpu': '1', 'requests.cpu': '500m' }),
        refused('pods "web-1" is forbidden: failed quota: memory: must specify limits.cpu for: main'),
      ],
      finds: [{ object, severity: 'critical', says: /refuses pods of Deployment web: limits\.cpu 1 of 4/ }],
    },
    {
      because: 'it refuses the claim of a StatefulSet, which only an event tells',
      objects: [
        quota({ 'requests.storage': '10Gi' }, { 'requests.storage': '8Gi' }),
        workload('StatefulSet', { metadata: { name: 'db' }, status: { replicas: 0, readyReplicas: 0 } }),
        warning('FailedCreate', 'create Claim data-db-0 failed: is forbidden: exceeded quota: memory, requested', {
          kind: 'StatefulSet',
          name: 'db',
        }),
      ],
      finds: [{ object, severity: 'critical', says: /quota refuses pods of StatefulSet db: requests\.storage/ }],
    },
    {
      because: 'nine tenths are used, in other units',
      objects: [quota({ 'limits.cpu': '2', pods: '10' }, { 'limits.cpu': '1900m', pods: '3' })],
      finds: [{ object, severity: 'warning', says: /^limits\.cpu 1900m of 2 used \(95 %\)$/ }],
    },
    {
      because: 'all is used, and more',
      objects: [quota({ 'requests.storage': '10Gi' }, { 'requests.storage': '12Gi' })],
      finds: [{ object, severity: 'warning', says: /120 %/ }],
    },
    {
      because: 'there may be one load balancer, and there is',
      objects: [quota({ 'services.loadbalancers': '1' }, { 'services.loadbalancers': '1' })],
      finds: [{ object, severity: 'notice', says: /100 %/ }],
    },
  ],
  green: [
    {
      because: 'there is room',
      objects: [quota({ 'requests.memory': '1Gi', pods: '10' }, { 'requests.memory': '500Mi', pods: '5' })],
    },
    {
      because: 'a limit of zero is a ban',
      objects: [quota({ 'services.nodeports': '0' }, { 'services.nodeports': '0' })],
    },
    {
      because: 'another quota refuses the pods',
      objects: [quota({ pods: '10' }, { pods: '1' }), refused('exceeded quota: cpu, requested: cpu=1')],
    },
    {
      because: 'it refused once, and all replicas are there since',
      objects: [
        quota({ pods: '10' }, { pods: '1' }),
        workload('StatefulSet', { metadata: { name: 'db' } }),
        warning('FailedCreate', 'is forbidden: exceeded quota: memory, requested', { kind: 'StatefulSet', name: 'db' }),
      ],
    },
    {
      because: 'nobody has counted yet',
      objects: [make('v1 ResourceQuota', 'shop/memory', { spec: { hard: { pods: '1' } } })],
    },
  ],
};
