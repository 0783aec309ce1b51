import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const storageClass = (name: string, isDefault: string, days = 30): JsonObject =>
  make('storage.k8s.io/v1 StorageClass', name, {
    metadata: {
      creationTimestamp: ago(days, 'days'),
      annotations: { 'storageclass.kubernetes.io/is-default-class': isDefault },
    },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'two say so',
      objects: [storageClass('old', 'true', 90), storageClass('new', 'true', 2), storageClass('other', 'false')],
      finds: [{ object: 'StorageClass new', severity: 'notice', says: /2 classes .* also old$/ }],
    },
  ],
  green: [
    { because: 'one says so', objects: [storageClass('disk', 'true'), storageClass('other', 'false')] },
    { because: 'none says so', objects: [storageClass('disk', 'false')] },
  ],
};
