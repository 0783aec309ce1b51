import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { node } from '../../workload.fixture.ts';

const of = (name: string, kubeletVersion: string) =>
  node({ metadata: { name }, status: { nodeInfo: { kubeletVersion } } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one node was left behind by an upgrade',
      objects: [of('n1', 'v1.36.9+k3s1'), of('n2', 'v1.37.2+k3s1'), of('n3', 'v1.37.0+k3s1')],
      finds: [{ object: 'Node n1', severity: 'notice', says: /^kubelet 1\.36, 1 minor version behind another node$/ }],
    },
    {
      because: 'it is too old to be supported',
      objects: [of('n1', 'v1.33.1'), of('n2', 'v1.37.2')],
      finds: [{ object: 'Node n1', severity: 'warning', says: /4 minor versions behind/ }],
    },
  ],
  green: [
    { because: 'all are the same', objects: [of('n1', 'v1.37.2'), of('n2', 'v1.37.2')] },
    { because: 'only the patch differs', objects: [of('n1', 'v1.37.1'), of('n2', 'v1.37.2')] },
    { because: 'it does not say its version', objects: [of('n1', 'unknown'), of('n2', 'v1.37.2')] },
    { because: 'there is one', objects: [node()] },
  ],
};
