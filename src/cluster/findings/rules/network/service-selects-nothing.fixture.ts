import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make, owner, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (selector: JsonObject | null, more: JsonObject = {}): JsonObject =>
  make('v1 Service', 'shop/web', { spec: { selector, ports: [{ port: 80 }] }, ...more });

const finds = [{ object: 'Service shop/web', severity: 'warning', says: /fits no pod/ }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one label of two is wrong',
      objects: [service({ app: 'web', tier: 'front' }), pod('shop/web-1', 'web'), deployment('shop/web', 'web')],
      finds,
    },
    {
      because: 'the pods it means are in another namespace',
      objects: [service({ app: 'web' }), pod('other/web-1', 'web'), deployment('other/web', 'web')],
      finds,
    },
  ],
  green: [
    { because: 'a pod fits', objects: [service({ app: 'web' }), pod('shop/web-1', 'web')] },
    {
      because: 'a parked workload fits',
      objects: [service({ app: 'web' }), deployment('shop/web', 'web', { replicas: 0 })],
    },
    { because: 'it has no selector', objects: [service(null)] },
    { because: 'an empty selector is none', objects: [service({})] },
    {
      because: 'it belongs to a database of one instance, which has no replica to select',
      objects: [
        service(
          { role: 'replica' },
          { metadata: { ownerReferences: owner('postgresql.cnpg.io/v1', 'Cluster', 'shared') } },
        ),
      ],
    },
  ],
};
