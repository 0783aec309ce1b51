import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const web = (resources: JsonObject): JsonObject =>
  deployment('shop/web', 'web', { template: { spec: { containers: [{ name: 'main', resources }] } } });
const range = (limit: JsonObject, type = 'Container'): JsonObject =>
  make('v1 LimitRange', 'shop/limits', { spec: { limits: [{ type, ...limit }] } });
const object = 'Deployment shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it asks for more than the limit it is given',
      objects: [web({ requests: { memory: '512Mi' } }), range({ default: { memory: '256Mi' } })],
      finds: [{ object, severity: 'warning', says: /asks for 512Mi memory, the default limit is 256Mi/ }],
    },
    {
      because: 'its limit is above what a container may have',
      objects: [web({ limits: { cpu: '4' } }), range({ max: { cpu: '2' } })],
      finds: [{ object, severity: 'warning', says: /its limit of 4 cpu is above 2/ }],
    },
    {
      because: 'it asks for more than a container may have, and says no limit',
      objects: [web({ requests: { cpu: '4' } }), range({ max: { cpu: '2' } })],
      finds: [{ object, severity: 'warning', says: /asks for 4 cpu, the default limit is 2/ }],
    },
    {
      because: 'it asks for less than a container must',
      objects: [web({ requests: { memory: '8Mi' }, limits: { memory: '1Gi' } }), range({ min: { memory: '16Mi' } })],
      finds: [{ object, severity: 'warning', says: /8Mi memory, below 16Mi/ }],
    },
    {
      because: 'a job will be refused when it is due',
      objects: [
        make('batch/v1 CronJob', 'shop/nightly', {
          spec: {
            jobTemplate: {
              spec: {
                template: { spec: { containers: [{ name: 'main', resources: { requests: { memory: '1Gi' } } }] } },
              },
            },
          },
        }),
        range({ default: { memory: '256Mi' } }),
      ],
      finds: [{ object: 'CronJob shop/nightly', severity: 'warning', says: /1Gi memory/ }],
    },
  ],
  green: [
    {
      because: 'it says its own limit',
      objects: [
        web({ requests: { memory: '512Mi' }, limits: { memory: '1Gi' } }),
        range({ default: { memory: '256Mi' } }),
      ],
    },
    {
      because: 'it says nothing, and is given both',
      objects: [web({}), range({ default: { memory: '256Mi' }, defaultRequest: { memory: '64Mi' } })],
    },
    {
      because: 'a limit alone is what it asks for',
      objects: [
        web({ limits: { memory: '128Mi' } }),
        range({ min: { memory: '16Mi' }, defaultRequest: { memory: '8Mi' } }),
      ],
    },
    {
      because: 'the range is for claims',
      objects: [web({ requests: { memory: '8Mi' } }), range({ min: { storage: '1Gi' } }, 'PersistentVolumeClaim')],
    },
    {
      because: 'its namespace has no range',
      objects: [
        web({ requests: { memory: '512Mi' } }),
        make('v1 LimitRange', 'other/limits', {
          spec: { limits: [{ type: 'Container', default: { memory: '1Mi' } }] },
        }),
      ],
    },
  ],
};
