import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const claim = (spec: JsonObject, phase = 'Pending', created = ago(3, 'hours')): JsonObject =>
  make('v1 PersistentVolumeClaim', 'shop/data', { metadata: { creationTimestamp: created }, spec, status: { phase } });
const disk = (volumeBindingMode: string, annotations: JsonObject = {}): JsonObject =>
  make('storage.k8s.io/v1 StorageClass', 'disk', {
    metadata: { annotations },
    provisioner: 'disk.example.net',
    volumeBindingMode,
  });
const mounting = (phase = 'Pending'): JsonObject =>
  pod('shop/web-1', 'web', {
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    status: { phase },
  });
const object = 'PersistentVolumeClaim shop/data';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a pod waits for it',
      objects: [claim({ storageClassName: 'disk' }), disk('WaitForFirstConsumer'), mounting()],
      finds: [{ object, severity: 'critical', says: /no volume for 3h, 1 pod cannot start/ }],
    },
    {
      because: 'its class makes volumes at once',
      objects: [claim({ storageClassName: 'disk' }), disk('Immediate')],
      finds: [{ object, severity: 'warning', says: /no volume for 3h$/ }],
    },
    {
      because: 'the default class makes volumes at once',
      objects: [claim({}), disk('Immediate', { 'storageclass.kubernetes.io/is-default-class': 'true' })],
      finds: [{ object, severity: 'warning', says: /no volume/ }],
    },
    {
      because: 'it waits for a volume made by hand, and so does a pod',
      objects: [claim({ storageClassName: '' }), mounting()],
      finds: [{ object, severity: 'critical', says: /without class/ }],
    },
    {
      because: 'a pod has a claim of its own, named after it',
      objects: [
        make('v1 PersistentVolumeClaim', 'shop/web-1-scratch', {
          spec: { storageClassName: 'disk' },
          status: { phase: 'Pending' },
        }),
        disk('WaitForFirstConsumer'),
        pod('shop/web-1', 'web', {
          spec: { volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }] },
          status: { phase: 'Pending' },
        }),
      ],
      finds: [{ object: 'PersistentVolumeClaim shop/web-1-scratch', severity: 'critical', says: /1 pod/ }],
    },
  ],
  green: [
    {
      because: 'the only pod that mounted it was evicted',
      objects: [claim({ storageClassName: 'disk' }), disk('WaitForFirstConsumer'), mounting('Failed')],
    },
    { because: 'it is bound', objects: [claim({ storageClassName: 'disk' }, 'Bound'), disk('Immediate')] },
    {
      because: 'its class waits for the first pod, and none is there: its workload is parked',
      objects: [claim({ storageClassName: 'disk' }), disk('WaitForFirstConsumer'), mounting('Succeeded')],
    },
    {
      because: 'it was made a minute ago',
      objects: [claim({ storageClassName: 'disk' }, 'Pending', ago(1, 'minutes')), disk('Immediate')],
    },
    {
      because: 'its class does not exist, which is another finding',
      objects: [claim({ storageClassName: 'gone' }), disk('Immediate')],
    },
  ],
};
