import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const claim = (phase: string) => make('v1 PersistentVolumeClaim', 'shop/data', { status: { phase } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its volume is gone',
      objects: [claim('Lost')],
      finds: [{ object: 'PersistentVolumeClaim shop/data', severity: 'critical', says: /gone/ }],
    },
  ],
  green: [{ because: 'it is bound, or not yet', objects: [claim('Bound'), claim('Pending')] }],
};
