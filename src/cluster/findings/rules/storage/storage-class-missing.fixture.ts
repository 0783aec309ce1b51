import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const claim = (spec: JsonObject, phase = 'Pending', metadata: JsonObject = {}): JsonObject =>
  make('v1 PersistentVolumeClaim', 'shop/data', { metadata, spec, status: { phase } });
const disk = (annotations: JsonObject = {}): JsonObject =>
  make('storage.k8s.io/v1 StorageClass', 'disk', { metadata: { annotations } });
const volume = (phase: string): JsonObject =>
  make('v1 PersistentVolume', 'by-hand', { spec: { storageClassName: 'manual' }, status: { phase } });
const object = 'PersistentVolumeClaim shop/data';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its class does not exist',
      objects: [claim({ storageClassName: 'fast' }), disk()],
      finds: [{ object, severity: 'critical', says: /no StorageClass fast/ }],
    },
    {
      because: 'it names none and there is no default',
      objects: [claim({}), disk()],
      finds: [{ object, severity: 'critical', says: /no default/ }],
    },
    {
      because: 'all volumes made by hand are taken',
      objects: [claim({ storageClassName: 'manual' }), volume('Bound')],
      finds: [{ object, severity: 'critical', says: /no free volume/ }],
    },
  ],
  green: [
    { because: 'its class exists', objects: [claim({ storageClassName: 'disk' }), disk()] },
    {
      because: 'the default class takes it',
      objects: [claim({}), disk({ 'storageclass.kubernetes.io/is-default-class': 'true' })],
    },
    { because: 'it is bound to a volume made by hand', objects: [claim({ storageClassName: 'manual' }, 'Bound')] },
    { because: 'a volume made by hand is free', objects: [claim({ storageClassName: 'manual' }), volume('Available')] },
    { because: 'it asks for no class', objects: [claim({ storageClassName: '' })] },
    {
      because: 'it was made just now',
      objects: [claim({ storageClassName: 'fast' }, 'Pending', { creationTimestamp: ago(0, 'minutes') })],
    },
  ],
};
