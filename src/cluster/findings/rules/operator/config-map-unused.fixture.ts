import type { JsonObject } from '../../../../kit/index.ts';
import { ago, deployment, fixtureNow, make, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const settings = (metadata: JsonObject = {}): JsonObject =>
  make('v1 ConfigMap', 'shop/settings', { metadata, data: { mode: 'plain' } });
const web = (container: JsonObject, spec: JsonObject = {}): JsonObject =>
  deployment('shop/web', 'web', {
    replicas: 0,
    template: { spec: { containers: [{ name: 'main', ...container }], ...spec } },
  });
const finds = [{ object: 'ConfigMap shop/settings', severity: 'notice', says: /refers to it/ }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    { because: 'nobody mounts it', objects: [settings(), web({})], finds },
    {
      because: 'another namespace uses one of that name',
      objects: [
        settings(),
        deployment('other/web', 'web', {
          template: { spec: { volumes: [{ name: 'c', configMap: { name: 'settings' } }] } },
        }),
      ],
      finds,
    },
    {
      because: 'a name that only begins alike is another',
      objects: [settings(), web({ args: ['--config=settings-old'] })],
      finds,
    },
  ],
  green: [
    {
      because: 'it holds nothing, which is another finding',
      objects: [make('v1 ConfigMap', 'shop/settings'), web({})],
    },
    {
      because: 'a parked workload mounts it',
      objects: [settings(), web({}, { volumes: [{ name: 'c', configMap: { name: 'settings' } }] })],
    },
    {
      because: 'it is one of several things in a volume',
      objects: [
        settings(),
        web({}, { volumes: [{ name: 'c', projected: { sources: [{ configMap: { name: 'settings' } }] } }] }),
      ],
    },
    {
      because: 'all its keys become variables',
      objects: [settings(), web({ envFrom: [{ configMapRef: { name: 'settings' } }] })],
    },
    {
      because: 'one of its keys becomes a variable',
      objects: [
        settings(),
        web({ env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }] }),
      ],
    },
    { because: 'a program is told its name', objects: [settings(), web({ args: ['--configmap=shop/settings'] })] },
    {
      because: 'a program is told a name nobody may read',
      objects: [settings(), web({ env: [{ name: 'CONFIGMAP_NAME', value: 'settings' }] })],
    },
    {
      because: 'a pod of no workload uses it',
      objects: [
        settings(),
        pod('shop/job-1', 'job', {
          spec: { containers: [{ name: 'main', envFrom: [{ configMapRef: { name: 'settings' } }] }] },
        }),
      ],
    },
    { because: 'a dashboard is found by its label', objects: [settings({ labels: { grafana_dashboard: '1' } })] },
    {
      because: 'every namespace has it',
      objects: [make('v1 ConfigMap', 'shop/kube-root-ca.crt', { data: { 'ca.crt': 'x' } })],
    },
    { because: 'it was made an hour ago', objects: [settings({ creationTimestamp: ago(1, 'hours') })] },
  ],
};
