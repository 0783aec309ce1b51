import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { job, minutesAgo, owner, type Parts } from '../../workload.fixture.ts';

const failed = (reason: string, metadata: Parts['metadata'] = {}) =>
  job({
    metadata,
    status: {
      failed: 4,
      conditions: [
        { type: 'Failed', status: 'True', reason, message: 'Job has failed', lastTransitionTime: minutesAgo(50) },
      ],
    },
  });
const ofCronJob = { ownerReferences: [owner('CronJob', 'backup')] };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it was tried too often',
      objects: [failed('BackoffLimitExceeded')],
      finds: [
        { object: 'Job shop/import', severity: 'warning', says: /^job failed after 4 attempts: BackoffLimitExceeded$/ },
      ],
    },
    {
      because: 'it took too long',
      objects: [failed('DeadlineExceeded')],
      finds: [{ object: 'Job shop/import', severity: 'warning', says: /DeadlineExceeded/ }],
    },
    {
      because: 'it fails and is tried again',
      objects: [job({ status: { active: 1, failed: 1, conditions: [] } })],
      finds: [{ object: 'Job shop/import', severity: 'notice', says: /^1 failed attempt, still trying$/ }],
    },
  ],
  green: [
    { because: 'it is complete', objects: [job()] },
    { because: 'it needed two attempts and is complete', objects: [job({ status: { failed: 1 } })] },
    { because: 'it is running', objects: [job({ status: { active: 1, conditions: [] } })] },
    { because: 'its CronJob tells about it', objects: [failed('BackoffLimitExceeded', ofCronJob)] },
    { because: 'it is being deleted', objects: [failed('BackoffLimitExceeded', { deletionTimestamp: minutesAgo(1) })] },
  ],
};
