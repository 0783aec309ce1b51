import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const operator = (status: JsonObject, labels: JsonObject = {}): JsonObject =>
  make('operators.coreos.com/v1alpha1 ClusterServiceVersion', 'ops/widgets.v1.2.0', { metadata: { labels }, status });
const object = 'ClusterServiceVersion ops/widgets.v1.2.0';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it failed',
      objects: [
        operator({
          phase: 'Failed',
          reason: 'InstallCheckFailed',
          message: 'timeout',
          lastTransitionTime: ago(2, 'hours'),
        }),
      ],
      finds: [{ object, severity: 'critical', says: /failed/ }],
    },
    {
      because: 'it waits for something it needs',
      objects: [operator({ phase: 'Pending', reason: 'RequirementsNotMet', lastTransitionTime: ago(3, 'hours') })],
      finds: [{ object, severity: 'warning', says: /for 3h/ }],
    },
  ],
  green: [
    { because: 'it is a copy of an older kind', objects: [operator({ phase: 'Failed', reason: 'Copied' })] },
    { because: 'it is installed', objects: [operator({ phase: 'Succeeded' })] },
    { because: 'a newer one takes its place', objects: [operator({ phase: 'Replacing' })] },
    {
      because: 'it is being installed',
      objects: [operator({ phase: 'Installing', lastTransitionTime: ago(2, 'minutes') })],
    },
    {
      because: 'it is a copy, told where it was made',
      objects: [operator({ phase: 'Failed' }, { 'olm.copiedFrom': 'operators' })],
    },
  ],
};
