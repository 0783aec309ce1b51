import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { node, pod } from '../../workload.fixture.ts';

const ten = node({ status: { allocatable: { pods: '10' } } });
const pods = (count: number, parts = {}) =>
  Array.from({ length: count }, (_, index) => pod({ ...parts, name: `web-${index}` }));

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one more pod fits',
      objects: [ten, ...pods(9)],
      finds: [{ object: 'Node n1', severity: 'notice', says: /^runs 9 of the 10 pods it may$/ }],
    },
    {
      because: 'no pod fits any more',
      objects: [ten, ...pods(10)],
      finds: [{ object: 'Node n1', severity: 'warning', says: /runs 10 of the 10/ }],
    },
  ],
  green: [
    { because: 'there is room', objects: [ten, ...pods(8)] },
    { because: 'pods that are done take no room', objects: [ten, ...pods(10, { phase: 'Succeeded' })] },
    { because: 'the pods are elsewhere', objects: [ten, ...pods(10, { spec: { nodeName: 'n2' } })] },
    { because: 'it does not say how many it may', objects: [node({ status: { allocatable: {} } }), ...pods(200)] },
  ],
};
