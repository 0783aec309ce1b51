import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const volume = (phase: string) =>
  make('v1 PersistentVolume', 'disk-1', { status: { phase, message: 'the array does not answer' } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it could not be deleted',
      objects: [volume('Failed')],
      finds: [{ object: 'PersistentVolume disk-1', severity: 'warning', says: /failed/ }],
    },
  ],
  green: [
    { because: 'it is used, free, or given back', objects: [volume('Bound'), volume('Available'), volume('Released')] },
  ],
};
