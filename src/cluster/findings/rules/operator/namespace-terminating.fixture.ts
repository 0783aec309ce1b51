import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const namespace = (metadata: JsonObject, ...conditions: readonly JsonObject[]): JsonObject =>
  make('v1 Namespace', 'shop', { metadata, status: { phase: 'Terminating', conditions } });
const hours = { deletionTimestamp: ago(3, 'hours') };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'an object in it does not go',
      objects: [
        namespace(
          hours,
          condition('NamespaceContentRemaining', 'True', {
            message: 'Some resources are remaining: pods. has 1 resource instances',
          }),
        ),
      ],
      finds: [{ object: 'Namespace shop', severity: 'warning', says: /^terminating for 3h$/ }],
    },
    {
      because: 'a part of the API does not say what it has there',
      objects: [namespace(hours, condition('NamespaceDeletionDiscoveryFailure', 'True'))],
      finds: [{ object: 'Namespace shop', severity: 'warning', says: /a part of the API/ }],
    },
  ],
  green: [
    { because: 'it is going', objects: [namespace({ deletionTimestamp: ago(2, 'minutes') })] },
    { because: 'it stays', objects: [make('v1 Namespace', 'shop', { status: { phase: 'Active' } })] },
  ],
};
