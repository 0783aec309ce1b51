import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const node = make('v1 Node', 'n1');
const volume = make('v1 PersistentVolume', 'pv-1', { spec: { claimRef: { namespace: 'shop', name: 'data' } } });
const attachment = (status: JsonObject, metadata: JsonObject = {}): JsonObject =>
  make('storage.k8s.io/v1 VolumeAttachment', 'csi-1', {
    metadata,
    spec: { attacher: 'disk.example.net', nodeName: 'n1', source: { persistentVolumeName: 'pv-1' } },
    status,
  });
const error = { time: ago(20, 'minutes'), message: 'volume is attached to another node' };
const object = 'VolumeAttachment csi-1';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the driver cannot attach it',
      objects: [node, volume, attachment({ attached: false, attachError: error })],
      finds: [{ object, severity: 'critical', says: /claim shop\/data cannot be attached to node n1/ }],
    },
    {
      because: 'nobody has attached it for hours',
      objects: [node, attachment({ attached: false }, { creationTimestamp: ago(3, 'hours') })],
      finds: [{ object, severity: 'critical', says: /volume pv-1 has waited 3h/ }],
    },
    {
      because: 'it has been detaching for an hour',
      objects: [node, volume, attachment({ attached: true }, { deletionTimestamp: ago(1, 'hours') })],
      finds: [{ object, severity: 'warning', says: /cannot be detached/ }],
    },
    {
      because: 'detaching failed',
      objects: [
        node,
        volume,
        attachment({ attached: true, detachError: error }, { deletionTimestamp: ago(1, 'minutes') }),
      ],
      finds: [{ object, severity: 'warning', says: /cannot be detached/ }],
    },
    {
      because: 'its node is gone',
      objects: [volume, attachment({ attached: true })],
      finds: [{ object, severity: 'warning', says: /node n1, which does not exist/ }],
    },
  ],
  green: [
    {
      because: 'it was never attached and is let go',
      objects: [
        node,
        volume,
        attachment({ attached: false, attachError: error }, { deletionTimestamp: ago(1, 'minutes') }),
      ],
    },
    { because: 'it is attached', objects: [node, volume, attachment({ attached: true })] },
    {
      because: 'it is attached after a first failure',
      objects: [node, volume, attachment({ attached: true, attachError: error })],
    },
    {
      because: 'it is being attached',
      objects: [node, attachment({ attached: false }, { creationTimestamp: ago(1, 'minutes') })],
    },
    {
      because: 'it is being detached',
      objects: [node, attachment({ attached: true }, { deletionTimestamp: ago(1, 'minutes') })],
    },
  ],
};
