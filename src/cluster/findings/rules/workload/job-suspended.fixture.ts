import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { job, minutesAgo } from '../../workload.fixture.ts';

const suspended = { spec: { suspend: true }, status: { conditions: [] } };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'nobody has resumed it',
      objects: [job(suspended)],
      finds: [{ object: 'Job shop/import', severity: 'notice', says: /^job suspended$/ }],
    },
  ],
  green: [
    { because: 'it runs', objects: [job({ status: { active: 1, conditions: [] } })] },
    { because: 'it is complete', objects: [job({ spec: { suspend: true } })] },
    {
      because: 'it is being deleted',
      objects: [job({ ...suspended, metadata: { deletionTimestamp: minutesAgo(1) } })],
    },
  ],
};
