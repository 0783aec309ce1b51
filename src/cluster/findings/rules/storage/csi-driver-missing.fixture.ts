import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, owner, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const node = (...drivers: readonly string[]): JsonObject =>
  make('storage.k8s.io/v1 CSINode', 'n1', {
    metadata: { ownerReferences: owner('v1', 'Node', 'n1') },
    spec: { drivers: drivers.map((name) => ({ name })) },
  });
const mounting = (name: string, phase: string): JsonObject =>
  pod(`shop/${name}`, 'web', {
    spec: { nodeName: 'n1', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    status: { phase },
  });
const bound = make('v1 PersistentVolumeClaim', 'shop/data', { spec: { storageClassName: 'disk', volumeName: 'pv-1' } });
const unbound = make('v1 PersistentVolumeClaim', 'shop/data', { spec: { storageClassName: 'disk' } });
const volume = (spec: JsonObject): JsonObject => make('v1 PersistentVolume', 'pv-1', { spec });
const csi = volume({ csi: { driver: 'disk.example.net' } });
const disk = (provisioner: string): JsonObject => make('storage.k8s.io/v1 StorageClass', 'disk', { provisioner });
const driver = make('storage.k8s.io/v1 CSIDriver', 'disk.example.net');

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one of two pods cannot start for want of it',
      objects: [node('other.example.net'), bound, csi, mounting('web-1', 'Pending'), mounting('web-2', 'Running')],
      finds: [
        {
          object: 'CSINode n1',
          severity: 'critical',
          says: /disk\.example\.net is not on this node; 2 pods there need it/,
        },
      ],
    },
    {
      because: 'the driver went away under a pod that runs',
      objects: [node(), bound, csi, mounting('web-1', 'Running')],
      finds: [{ object: 'CSINode n1', severity: 'warning', says: /1 pod there needs it/ }],
    },
    {
      because: 'the claim is not bound yet, and its class is of a CSI driver',
      objects: [node(), unbound, disk('disk.example.net'), driver, mounting('web-1', 'Pending')],
      finds: [{ object: 'CSINode n1', severity: 'critical', says: /disk\.example\.net/ }],
    },
  ],
  green: [
    { because: 'the driver is there', objects: [node('disk.example.net'), bound, csi, mounting('web-1', 'Pending')] },
    {
      because: 'the volume is a folder of the node',
      objects: [node(), bound, volume({ hostPath: { path: '/srv' } }), mounting('web-1', 'Running')],
    },
    {
      because: 'the provisioner is no CSI driver',
      objects: [node(), unbound, disk('example.net/folders'), mounting('web-1', 'Pending')],
    },
    {
      because: 'the pods have ended',
      objects: [node(), bound, csi, mounting('web-1', 'Succeeded'), mounting('web-2', 'Failed')],
    },
    { because: 'nothing is known of the node', objects: [bound, csi, mounting('web-1', 'Pending')] },
  ],
};
