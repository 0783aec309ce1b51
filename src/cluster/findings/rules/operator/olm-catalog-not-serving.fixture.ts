import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const catalog = (conditions: readonly JsonObject[], spec: JsonObject = {}): JsonObject =>
  make('olm.operatorframework.io/v1 ClusterCatalog', 'community', { spec, status: { conditions } });
const object = 'ClusterCatalog community';
const serving = condition('Serving', 'True', { reason: 'Available' });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its image cannot be pulled',
      objects: [
        catalog([
          condition('Serving', 'False', { reason: 'Unavailable' }),
          condition('Progressing', 'True', { reason: 'Retrying' }),
        ]),
      ],
      finds: [{ object, severity: 'warning', says: /serves nothing/ }],
    },
    {
      because: 'what it serves is old',
      objects: [catalog([serving, condition('Progressing', 'False', { reason: 'Blocked' })])],
      finds: [{ object, severity: 'warning', says: /old content/ }],
    },
  ],
  green: [
    {
      because: 'it serves, and looks for more',
      objects: [catalog([serving, condition('Progressing', 'True', { reason: 'Succeeded' })])],
    },
    {
      because: 'it was switched off',
      objects: [
        catalog([condition('Serving', 'False', { reason: 'UserSpecifiedUnavailable' })], {
          availabilityMode: 'Unavailable',
        }),
      ],
    },
  ],
};
