import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const volume = (policy: string, since: string | undefined, phase = 'Released'): JsonObject =>
  make('v1 PersistentVolume', 'disk-1', {
    spec: { persistentVolumeReclaimPolicy: policy, claimRef: { namespace: 'shop', name: 'data' } },
    status: { phase, ...(since === undefined ? {} : { lastPhaseTransitionTime: since }) },
  });
const object = 'PersistentVolume disk-1';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its claim has been gone for nine days',
      objects: [volume('Retain', ago(9, 'days'))],
      finds: [{ object, severity: 'notice', says: /shop\/data has been gone for 9d/ }],
    },
    {
      because: 'nobody wrote down since when',
      objects: [volume('Retain', undefined)],
      finds: [{ object, severity: 'notice', says: /has been gone;/ }],
    },
    {
      because: 'it should have been deleted',
      objects: [volume('Delete', ago(5, 'hours'))],
      finds: [{ object, severity: 'warning', says: /still not deleted/ }],
    },
  ],
  green: [
    { because: 'its claim went yesterday', objects: [volume('Retain', ago(1, 'days'))] },
    { because: 'it is being deleted', objects: [volume('Delete', ago(5, 'minutes'))] },
    { because: 'it is bound', objects: [volume('Retain', ago(9, 'days'), 'Bound')] },
  ],
};
