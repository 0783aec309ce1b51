import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, pod } from '../../workload.fixture.ts';

const restarted = (minutes: number, restartCount: number, exitCode: number, reason = 'Error') =>
  pod({
    ready: true,
    container: { resources: { limits: { memory: '256Mi' } } },
    containerStatus: {
      restartCount,
      state: { running: { startedAt: minutesAgo(minutes) } },
      lastState: { terminated: { exitCode, reason, finishedAt: minutesAgo(minutes) } },
    },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it ran out of memory in the last hour',
      objects: [restarted(20, 1, 137, 'OOMKilled')],
      finds: [
        {
          object: 'Pod shop/web-1',
          severity: 'warning',
          says: /^restarted 20m ago: OOMKilled, memory limit 256Mi, 1 restart$/,
        },
      ],
    },
    {
      because: 'it ran out of memory last night',
      objects: [restarted(10 * 60, 1, 137, 'OOMKilled')],
      finds: [{ object: 'Pod shop/web-1', severity: 'notice', says: /^restarted 10h ago: OOMKilled/ }],
    },
    {
      because: 'it dies again and again',
      objects: [restarted(20, 12, 1)],
      finds: [{ object: 'Pod shop/web-1', severity: 'warning', says: /exit 1, 12 restarts$/ }],
    },
    {
      because: 'it died once, a moment ago',
      objects: [restarted(20, 1, 139)],
      finds: [{ object: 'Pod shop/web-1', severity: 'notice', says: /exit 139, segmentation fault/ }],
    },
  ],
  green: [
    { because: 'it never restarted', objects: [pod()] },
    { because: 'it restarted yesterday', objects: [restarted(10 * 60, 1, 1)] },
    { because: 'even out of memory, two days are long', objects: [restarted(48 * 60, 1, 137, 'OOMKilled')] },
    { because: 'it ended well', objects: [restarted(20, 1, 0, 'Completed')] },
    {
      because: 'it is still down, which another rule tells',
      objects: [
        pod({
          containerStatus: {
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(1) } },
          },
        }),
      ],
    },
  ],
};
