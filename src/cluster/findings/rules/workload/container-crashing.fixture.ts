import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, type PodParts, pod, replicaSet } from '../../workload.fixture.ts';

const waiting = (reason: string, message = 'back-off 5m0s restarting failed container=app') => ({
  waiting: { reason, message },
});
const ended = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason, finishedAt: minutesAgo(2) } });
const crashing = (last: object, parts: PodParts = {}) =>
  pod({
    ...parts,
    containerStatus: { restartCount: 7, state: waiting('CrashLoopBackOff'), lastState: last },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the kernel kills the container for memory again and again',
      objects: [
        replicaSet,
        crashing(ended(137, 'OOMKilled'), { container: { resources: { limits: { memory: '128Mi' } } } }),
      ],
      finds: [
        {
          object: 'Pod shop/web-1',
          severity: 'critical',
          says: /^CrashLoopBackOff: OOMKilled, memory limit 128Mi, 7 restarts$/,
        },
      ],
    },
    {
      because: 'it dies for memory without a limit of its own',
      objects: [crashing(ended(137, 'OOMKilled'))],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /OOMKilled, no memory limit/ }],
    },
    {
      because: 'its command was not found',
      objects: [crashing(ended(127))],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /exit 127, its command was not found/ }],
    },
    {
      because: 'it crashes while another pod of the workload serves',
      objects: [replicaSet, crashing(ended(1), { name: 'web-2' }), pod()],
      finds: [{ object: 'Pod shop/web-2', severity: 'warning', says: /CrashLoopBackOff: exit 1, 7 restarts/ }],
    },
    {
      because: 'it has just ended and was not started again yet',
      objects: [pod({ containerStatus: { restartCount: 1, state: ended(2) } })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^ended: exit 2, 1 restart$/ }],
    },
    {
      because: 'an init container fails',
      objects: [
        pod({
          phase: 'Pending',
          ready: false,
          spec: { initContainers: [{ name: 'migrate', image: 'registry.example.net/web:1.2.3' }] },
          status: {
            initContainerStatuses: [
              { name: 'migrate', restartCount: 5, state: waiting('CrashLoopBackOff'), lastState: ended(1) },
            ],
            containerStatuses: [{ name: 'app', restartCount: 0, state: waiting('PodInitializing'), lastState: {} }],
          },
        }),
      ],
      finds: [
        {
          object: 'Pod shop/web-1',
          severity: 'critical',
          says: /^init container: CrashLoopBackOff: exit 1, 5 restarts$/,
        },
      ],
    },
    {
      because: 'the runtime cannot start it, for a reason nobody here knows',
      objects: [pod({ containerStatus: { state: waiting('SomethingNew', 'a new kind of trouble') } })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^cannot start$/ }],
    },
  ],
  green: [
    { because: 'it runs', objects: [pod()] },
    { because: 'it ended well', objects: [pod({ containerStatus: { state: ended(0, 'Completed') } })] },
    { because: 'it is being made', objects: [pod({ containerStatus: { state: waiting('ContainerCreating') } })] },
    {
      because: 'its image is another rule’s',
      objects: [pod({ containerStatus: { state: waiting('ImagePullBackOff') } })],
    },
    { because: 'it restarted long ago', objects: [pod({ containerStatus: { restartCount: 1, lastState: ended(1) } })] },
    {
      because: 'the pod is being deleted',
      objects: [crashing(ended(1), { metadata: { deletionTimestamp: minutesAgo(1) } })],
    },
  ],
};
