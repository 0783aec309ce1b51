import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, owner, type PodParts, pod, replicaSet, warning } from '../../workload.fixture.ts';

const unready = (parts: PodParts = {}) => pod({ ready: false, ...parts });
const conditions = (ready: string, containersReady: string) => [
  { type: 'ContainersReady', status: containersReady },
  { type: 'Ready', status: ready, reason: 'ReadinessGatesNotReady', lastTransitionTime: minutesAgo(30) },
];

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it never passes its readiness probe',
      objects: [unready(), warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^not ready: a probe fails$/ }],
    },
    {
      because: 'it is not ready, and another pod serves',
      objects: [replicaSet, unready({ name: 'web-2' }), pod()],
      finds: [{ object: 'Pod shop/web-2', severity: 'warning', says: /^not ready$/ }],
    },
    {
      because: 'somebody else’s gate is not met',
      objects: [unready({ status: { conditions: conditions('False', 'True') } })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /a readiness gate is not met/ }],
    },
    {
      because: 'its node has stopped telling',
      objects: [unready({ status: { conditions: conditions('Unknown', 'Unknown') } })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /its node does not tell/ }],
    },
    {
      because: 'nothing at all is said of its readiness',
      objects: [unready({ status: { conditions: [] } })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /its node does not tell/ }],
    },
  ],
  green: [
    { because: 'it is ready', objects: [pod()] },
    { because: 'it may still start', objects: [unready({ minutesOld: 1 })] },
    {
      because: 'its container was started again a moment ago',
      objects: [
        pod({ ready: false, containerStatus: { ready: false, state: { running: { startedAt: minutesAgo(1) } } } }),
      ],
    },
    {
      because: 'its startup probe gives it an hour',
      objects: [unready({ minutesOld: 30, container: { startupProbe: { periodSeconds: 60, failureThreshold: 60 } } })],
    },
    {
      because: 'its container crashes, which another rule tells',
      objects: [pod({ containerStatus: { state: { waiting: { reason: 'CrashLoopBackOff' } } } })],
    },
    { because: 'it is done', objects: [unready({ phase: 'Succeeded' })] },
    {
      because: 'it is being deleted',
      objects: [unready({ metadata: { deletionTimestamp: minutesAgo(1), ownerReferences: [owner('Job', 'import')] } })],
    },
  ],
};
