import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, named, type Parts, workload } from '../../workload.fixture.ts';

const set = ({ metadata, spec, status }: Parts = {}) =>
  workload('StatefulSet', {
    metadata,
    spec: { volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }], ...spec },
    status: { replicas: 1, readyReplicas: undefined, ...status },
  });
const fast = named('storage.k8s.io/v1', 'StorageClass', 'fast');

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its storage class does not exist',
      objects: [set(), named('storage.k8s.io/v1', 'StorageClass', 'slow')],
      finds: [{ object: 'StatefulSet shop/web', severity: 'warning', says: /a storage class that does not exist/ }],
    },
  ],
  green: [
    { because: 'it exists', objects: [set(), fast] },
    { because: 'the default class is meant', objects: [set({ spec: { volumeClaimTemplates: [{ spec: {} }] } })] },
    { because: 'its volumes are there already', objects: [set({ status: { replicas: 2, readyReplicas: 2 } })] },
    { because: 'it is parked', objects: [set({ spec: { replicas: 0 } })] },
    { because: 'it is being deleted', objects: [set({ metadata: { deletionTimestamp: minutesAgo(1) } })] },
  ],
};
