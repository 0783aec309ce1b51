import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, namespaces } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const report = (place: string, summary: JsonObject, kind = 'PolicyReport'): JsonObject =>
  make(`wgpolicyk8s.io/v1alpha2 ${kind}`, place, { summary });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'checks failed in two reports of one namespace',
      objects: [
        ...namespaces('shop', 'other'),
        report('shop/r1', { pass: 4, fail: 2 }),
        report('shop/r2', { fail: 1, error: 1 }),
        report('other/r1', { pass: 9, fail: 0 }),
      ],
      finds: [{ object: 'Namespace shop', severity: 'notice', says: /^3 policy checks failed, 1 could not be made$/ }],
    },
    {
      because: 'checks failed outside namespaces',
      objects: [report('r1', { fail: 1 }, 'ClusterPolicyReport')],
      finds: [{ object: 'ClusterPolicyReport r1', severity: 'notice', says: /^1 policy check failed$/ }],
    },
  ],
  green: [
    {
      because: 'all passed, were skipped or only warn',
      objects: [...namespaces('shop'), report('shop/r1', { pass: 4, skip: 2, warn: 1 })],
    },
  ],
};
