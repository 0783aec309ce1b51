import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, named, type Parts, workload } from '../../workload.fixture.ts';

const set = ({ metadata, spec }: Parts = {}) =>
  workload('StatefulSet', { metadata, spec: { serviceName: 'web-headless', ...spec } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its service does not exist',
      objects: [set(), named('v1', 'Service', 'web', 'shop')],
      finds: [{ object: 'StatefulSet shop/web', severity: 'warning', says: /^its headless service does not exist$/ }],
    },
    {
      because: 'a service of this name in another namespace is not its own',
      objects: [set(), named('v1', 'Service', 'web-headless', 'harbor')],
      finds: [{ object: 'StatefulSet shop/web', severity: 'warning', says: /does not exist/ }],
    },
  ],
  green: [
    { because: 'the service exists', objects: [set(), named('v1', 'Service', 'web-headless', 'shop')] },
    { because: 'it names none', objects: [set({ spec: { serviceName: '' } })] },
    { because: 'it is parked', objects: [set({ spec: { replicas: 0 } })] },
    { because: 'it is being deleted', objects: [set({ metadata: { deletionTimestamp: minutesAgo(1) } })] },
  ],
};
