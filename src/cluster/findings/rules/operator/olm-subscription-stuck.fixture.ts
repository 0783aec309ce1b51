import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const subscription = (status: JsonObject): JsonObject =>
  make('operators.coreos.com/v1alpha1 Subscription', 'ops/widgets', { status });
const object = 'Subscription ops/widgets';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'nothing fits what it asks for',
      objects: [
        subscription({
          conditions: [condition('CatalogSourcesUnhealthy', 'True'), condition('ResolutionFailed', 'True')],
        }),
      ],
      finds: [{ object, severity: 'critical', says: /cannot install: no version/ }],
    },
    {
      because: 'its operator runs, and its catalog is gone',
      objects: [
        subscription({ installedCSV: 'widgets.v1', conditions: [condition('CatalogSourcesUnhealthy', 'True')] }),
      ],
      finds: [{ object, severity: 'warning', says: /cannot update: a catalog/ }],
    },
  ],
  green: [
    {
      because: 'its catalogs are healthy',
      objects: [subscription({ conditions: [condition('CatalogSourcesUnhealthy', 'False')] })],
    },
    {
      because: 'it waits for an approval',
      objects: [subscription({ state: 'UpgradePending', conditions: [condition('InstallPlanPending', 'True')] })],
    },
  ],
};
