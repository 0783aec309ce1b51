import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const storageClass = (provisioner: string): JsonObject =>
  make('storage.k8s.io/v1 StorageClass', 'disk', { provisioner });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it was removed',
      objects: [storageClass('kubernetes.io/glusterfs')],
      finds: [{ object: 'StorageClass disk', severity: 'notice', says: /glusterfs is no longer/ }],
    },
    {
      because: 'it lives on in a CSI driver',
      objects: [storageClass('kubernetes.io/cinder')],
      finds: [{ object: 'StorageClass disk', severity: 'notice', says: /CSI driver/ }],
    },
  ],
  green: [
    { because: 'it is a CSI driver', objects: [storageClass('disk.csi.example.net')] },
    { because: 'its volumes are made by hand', objects: [storageClass('kubernetes.io/no-provisioner')] },
  ],
};
