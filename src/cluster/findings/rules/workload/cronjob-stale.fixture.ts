import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { cronJob, minutesAgo } from '../../workload.fixture.ts';

const hours = (count: number) => minutesAgo(count * 60);
const succeeded = (lastSuccessfulTime: string | undefined, spec = {}, status = {}) =>
  cronJob({ spec, status: { lastSuccessfulTime, ...status } });
const finds = (says: RegExp, severity: 'warning' | 'notice' = 'warning') => [
  { object: 'CronJob shop/backup', severity, says },
];

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a daily run has not succeeded for nine days',
      objects: [succeeded(hours(9 * 24))],
      finds: finds(/^no success for 9d, 9 runs due$/),
    },
    {
      because: 'it has never succeeded since it was made',
      objects: [cronJob({ metadata: { creationTimestamp: hours(72) }, status: { lastSuccessfulTime: undefined } })],
      finds: finds(/^has never succeeded, 3 runs due$/),
    },
    {
      because: 'an hourly run by a descriptor is late',
      objects: [succeeded(hours(5), { schedule: '@hourly' })],
      finds: finds(/5 runs due/),
    },
    {
      because: 'so is one by an interval',
      objects: [succeeded(hours(5), { schedule: '@every 1h30m' })],
      finds: finds(/3 runs due/),
    },
    {
      because: 'every minute would have been many',
      objects: [succeeded(hours(5), { schedule: '* * * * *' })],
      finds: finds(/100 or more runs due/),
    },
    {
      because: 'it is late in its own time zone',
      objects: [succeeded(hours(45), { schedule: '0 22 * * *', timeZone: 'Pacific/Auckland' })],
      finds: finds(/2 runs due/),
    },
    {
      because: 'nobody here can read its schedule',
      objects: [succeeded(hours(5), { schedule: 'when the moon is full' })],
      finds: finds(/is unknown$/, 'notice'),
    },
  ],
  green: [
    { because: 'its last run succeeded', objects: [cronJob()] },
    { because: 'only one run did not succeed', objects: [succeeded(hours(32))] },
    { because: 'it is suspended, which another rule tells', objects: [succeeded(hours(300), { suspend: true })] },
    {
      because: 'it is too young to have run twice',
      objects: [cronJob({ metadata: { creationTimestamp: hours(20) }, status: { lastSuccessfulTime: undefined } })],
    },
    { because: 'the year is not over', objects: [succeeded(undefined, { schedule: '0 4 24 12 *' })] },
    {
      because: 'the run that takes long is going on',
      objects: [
        succeeded(
          minutesAgo(14),
          { schedule: '*/5 * * * *' },
          { active: [{ name: 'backup-1' }], lastScheduleTime: minutesAgo(10) },
        ),
      ],
    },
    {
      because: 'it is being deleted',
      objects: [
        cronJob({ metadata: { deletionTimestamp: minutesAgo(1) }, status: { lastSuccessfulTime: hours(300) } }),
      ],
    },
  ],
};
