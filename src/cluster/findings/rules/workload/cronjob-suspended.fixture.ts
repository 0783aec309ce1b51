import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { cronJob, minutesAgo } from '../../workload.fixture.ts';

const suspended = (status = {}, metadata = {}) => cronJob({ metadata, spec: { suspend: true }, status });
const never = { lastScheduleTime: undefined, lastSuccessfulTime: undefined };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it was suspended nine days ago and never resumed',
      objects: [suspended({ lastSuccessfulTime: minutesAgo(9 * 24 * 60) })],
      finds: [
        {
          object: 'CronJob shop/backup',
          severity: 'warning',
          says: /^suspended, 9 runs missed since it last ran 9d ago$/,
        },
      ],
    },
    {
      because: 'it was suspended today',
      objects: [suspended()],
      finds: [{ object: 'CronJob shop/backup', severity: 'notice', says: /^suspended$/ }],
    },
    {
      because: 'it may be a template for runs by hand',
      objects: [suspended(never)],
      finds: [{ object: 'CronJob shop/backup', severity: 'notice', says: /^suspended$/ }],
    },
  ],
  green: [
    { because: 'it runs', objects: [cronJob()] },
    { because: 'it is being deleted', objects: [suspended({}, { deletionTimestamp: minutesAgo(1) })] },
  ],
};
