import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { cronJob, job, minutesAgo, owner } from '../../workload.fixture.ts';

const run = (name: string, minutes: number, condition: string | undefined) =>
  job({
    metadata: { name, creationTimestamp: minutesAgo(minutes), ownerReferences: [owner('CronJob', 'backup')] },
    status: {
      failed: condition === 'Failed' ? 3 : 0,
      conditions:
        condition === undefined
          ? []
          : [
              {
                type: condition,
                status: 'True',
                reason: 'BackoffLimitExceeded',
                lastTransitionTime: minutesAgo(minutes - 5),
              },
            ],
    },
  });
const ran = (scheduled: number, succeeded: number | undefined, more = {}) =>
  cronJob({
    ...more,
    status: {
      lastScheduleTime: minutesAgo(scheduled),
      lastSuccessfulTime: succeeded === undefined ? undefined : minutesAgo(succeeded),
    },
  });
const finds = (says: RegExp) => [{ object: 'CronJob shop/backup', severity: 'warning', says }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its newest run was given up',
      objects: [ran(60, 1500), run('backup-2', 60, 'Failed'), run('backup-1', 1500, 'Complete')],
      finds: finds(/^its last run failed after 3 attempts: BackoffLimitExceeded$/),
    },
    {
      because: 'the Job of its newest run is gone and no success was recorded',
      objects: [ran(60, 1500), run('backup-1', 1500, 'Complete')],
      finds: finds(/^its last run, 60m ago, did not succeed$/),
    },
    { because: 'it has run, and never succeeded', objects: [ran(60, undefined)], finds: finds(/did not succeed$/) },
  ],
  green: [
    { because: 'it succeeded', objects: [ran(60, 55), run('backup-1', 60, 'Complete')] },
    {
      because: 'an older run failed and a newer succeeded',
      objects: [ran(60, 55), run('backup-2', 60, 'Complete'), run('backup-1', 1500, 'Failed')],
    },
    {
      because: 'a newer run succeeded and its Job is gone already',
      objects: [ran(60, 55), run('backup-1', 1500, 'Failed')],
    },
    { because: 'the run is going on', objects: [ran(60, 1500), run('backup-2', 60, undefined)] },
    { because: 'it began a moment ago', objects: [ran(1, 1500)] },
    {
      because: 'it has not run yet',
      objects: [cronJob({ status: { lastScheduleTime: undefined, lastSuccessfulTime: undefined } })],
    },
    { because: 'it is suspended, which another rule tells', objects: [ran(60, 1500, { spec: { suspend: true } })] },
    {
      because: 'the failed Job is another CronJob’s',
      objects: [
        ran(60, 55),
        job({
          metadata: { ownerReferences: [owner('CronJob', 'report')] },
          status: { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] },
        }),
      ],
    },
  ],
};
