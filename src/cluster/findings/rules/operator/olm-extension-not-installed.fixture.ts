import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const extension = (...conditions: readonly JsonObject[]): JsonObject =>
  make('olm.operatorframework.io/v1 ClusterExtension', 'widgets', { status: { conditions } });
const object = 'ClusterExtension widgets';
const installed = condition('Installed', 'True', { reason: 'Succeeded' });
const retrying = condition('Progressing', 'True', { reason: 'Retrying', message: 'no bundles found' });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it cannot be installed',
      objects: [extension(condition('Installed', 'False', { reason: 'Failed' }), retrying)],
      finds: [{ object, severity: 'critical', says: /cannot be installed/ }],
    },
    {
      because: 'its update is blocked',
      objects: [extension(installed, condition('Progressing', 'False', { reason: 'Blocked' }))],
      finds: [{ object, severity: 'warning', says: /cannot be updated/ }],
    },
    {
      because: 'its channel was withdrawn',
      objects: [
        extension(
          installed,
          condition('Progressing', 'True', { reason: 'Succeeded' }),
          condition('Deprecated', 'True'),
        ),
      ],
      finds: [{ object, severity: 'notice', says: /withdrawn/ }],
    },
  ],
  green: [
    {
      because: 'it is installed',
      objects: [extension(installed, condition('Progressing', 'True', { reason: 'Succeeded' }))],
    },
    {
      because: 'it is being installed',
      objects: [
        extension(
          condition('Installed', 'False', { reason: 'Absent' }),
          condition('Progressing', 'True', { reason: 'RolloutInProgress' }),
        ),
      ],
    },
  ],
};
