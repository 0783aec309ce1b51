import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, pod, warning } from '../../workload.fixture.ts';

const container = { ports: [{ name: 'http', containerPort: 8080 }], livenessProbe: { httpGet: { port: 8080 } } };
const restarted = {
  ready: true,
  restartCount: 2,
  lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: minutesAgo(2) } },
};
const failed = warning('Unhealthy', 'Liveness probe failed: dial tcp 192.0.2.7:8081: connect: connection refused');
const probed = (parts: Parameters<typeof pod>[0] = {}) =>
  pod({ ready: true, container, containerStatus: restarted, ...parts });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it is ended again and again, and ready between',
      objects: [probed(), failed],
      finds: [
        {
          object: 'Pod shop/web-1',
          severity: 'warning',
          says: /^restarted because its liveness probe fails, 2 restarts$/,
        },
      ],
    },
    {
      because: 'the probe asks a port that the container does not declare',
      objects: [probed({ container: { ...container, livenessProbe: { tcpSocket: { port: 8081 } } } }), failed],
      finds: [{ object: 'Pod shop/web-1', severity: 'warning', says: /it asks port 8081, which .* not declare, 2/ }],
    },
  ],
  green: [
    { because: 'nothing fails', objects: [probed()] },
    {
      because: 'it failed once, and nothing was ended',
      objects: [pod({ ready: true, container, containerStatus: { ready: true, restartCount: 0 } }), failed],
    },
    {
      because: 'only its readiness probe fails',
      objects: [probed(), warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
    },
    { because: 'it is not ready, which another rule tells', objects: [probed({ ready: false }), failed] },
    {
      because: 'it was ended hours ago, for whatever reason',
      objects: [
        probed({
          containerStatus: {
            ...restarted,
            lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: minutesAgo(200) } },
          },
        }),
        failed,
      ],
    },
    {
      because: 'it has no such probe: the sidecar beside it has',
      objects: [probed({ container: { ports: [] } }), failed],
    },
  ],
};
