import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const database = (status: JsonObject, metadata: JsonObject = {}): JsonObject =>
  make('postgresql.cnpg.io/v1 Cluster', 'db/shared', { metadata, spec: { instances: 3 }, status });
const object = 'Cluster db/shared';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a replica is missing',
      objects: [database({ readyInstances: 2, currentPrimary: 'shared-1', phase: 'Creating a new replica' })],
      finds: [{ object, severity: 'warning', says: /^2 of 3 instances ready$/ }],
    },
    {
      because: 'it has no primary',
      objects: [database({ readyInstances: 2, phase: 'Failing over' })],
      finds: [{ object, severity: 'critical', says: /2 of 3 instances ready, no primary/ }],
    },
    {
      because: 'nothing runs, and it says nothing',
      objects: [database({})],
      finds: [{ object, severity: 'critical', says: /0 of 3/ }],
    },
  ],
  green: [
    { because: 'all run', objects: [database({ readyInstances: 3, currentPrimary: 'shared-1' })] },
    {
      because: 'it was put to sleep',
      objects: [database({ readyInstances: 0 }, { annotations: { 'cnpg.io/hibernation': 'on' } })],
    },
    { because: 'it is coming up', objects: [database({}, { creationTimestamp: ago(3, 'minutes') })] },
  ],
};
