import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, deployment, fixtureNow, make, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (spec: JsonObject = {}): JsonObject =>
  make('v1 Service', 'shop/web', {
    spec: { type: 'ClusterIP', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  });

const slice = (...ready: readonly (boolean | undefined)[]): JsonObject =>
  make('discovery.k8s.io/v1 EndpointSlice', 'shop/web-x1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: ready.map((one) => ({ addresses: ['192.0.2.1'], conditions: one === undefined ? {} : { ready: one } })),
  });

const unready = (created = ago(3, 'hours')): JsonObject =>
  pod('shop/web-1', 'web', {
    metadata: { creationTimestamp: created },
    status: { phase: 'Running', conditions: [condition('Ready', 'False')] },
  });

const finished = pod('shop/web-1', 'web', { status: { phase: 'Succeeded' } });
const job = make('batch/v1 CronJob', 'shop/web', {
  spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: 'web' } } } } } },
});
const daemons = (wanted: number): JsonObject =>
  make('apps/v1 DaemonSet', 'shop/web', {
    spec: { template: { metadata: { labels: { app: 'web' } } } },
    status: { desiredNumberScheduled: wanted },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its only pod is not ready',
      objects: [service(), slice(false), unready()],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /0 of 1 pod ready/ }],
    },
    {
      because: 'its pods are there, but there is no slice at all',
      objects: [service(), unready(), deployment('shop/web', 'web')],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /0 of 1 pod ready/ }],
    },
    {
      because: 'the workload wants pods and has none',
      objects: [service(), slice(), deployment('shop/web', 'web')],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /Deployment web has no pods/ }],
    },
    {
      because: 'the only pod was evicted, and the workload wants another',
      objects: [service(), deployment('shop/web', 'web'), pod('shop/web-1', 'web', { status: { phase: 'Failed' } })],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /Deployment web has no pods/ }],
    },
    {
      because: 'somebody else writes its endpoints, and none is ready',
      objects: [service({ selector: null }), slice(false)],
      finds: [{ object: 'Service shop/web', severity: 'critical', says: /none of its endpoints/ }],
    },
    {
      because: 'nobody writes its endpoints',
      objects: [service({ selector: null })],
      finds: [{ object: 'Service shop/web', severity: 'notice', says: /nobody gave it endpoints/ }],
    },
  ],
  green: [
    { because: 'one of two pods is ready', objects: [service(), slice(true, false), unready()] },
    { because: 'readiness that is not said counts as ready', objects: [service(), slice(undefined), unready()] },
    {
      because: 'the workload is parked',
      objects: [service(), slice(), deployment('shop/web', 'web', { replicas: 0 })],
    },
    {
      because: 'its workload was made just now',
      objects: [
        service(),
        make('apps/v1 Deployment', 'shop/web', {
          metadata: { creationTimestamp: ago(1, 'minutes') },
          spec: { template: { metadata: { labels: { app: 'web' } } } },
        }),
      ],
    },
    { because: 'no node wants the daemon', objects: [service(), daemons(0)] },
    { because: 'its pods come and go with a CronJob', objects: [service(), job, finished] },
    { because: 'its pod started a minute ago', objects: [service(), slice(false), unready(ago(1, 'minutes'))] },
    { because: 'it is a name for something outside', objects: [service({ type: 'ExternalName' })] },
    { because: 'it is the API server, which has just answered', objects: [make('v1 Service', 'default/kubernetes')] },
    { because: 'its endpoints are written by hand', objects: [service({ selector: null }), slice(true)] },
    {
      because: 'a pod of the same labels in another namespace has nothing to do with it',
      objects: [service(), pod('other/web-1', 'web')],
    },
  ],
};
