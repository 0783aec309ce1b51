import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const policy = (spec: JsonObject): JsonObject =>
  make('networking.k8s.io/v1 NetworkPolicy', 'shop/open', { spec: { podSelector: {}, ...spec } });
const finds = [{ object: 'NetworkPolicy shop/open', severity: 'notice', says: /everybody/ }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'an empty rule is a rule that fits everybody',
      objects: [policy({ ingress: [{}], policyTypes: ['Ingress'] })],
      finds,
    },
    { because: 'so is one whose lists are empty', objects: [policy({ ingress: [{ from: [], ports: [] }] })], finds },
  ],
  green: [
    { because: 'its rules for the way in do not count', objects: [policy({ ingress: [{}], policyTypes: ['Egress'] })] },
    {
      because: 'no rule at all shuts everything',
      objects: [policy({ policyTypes: ['Ingress'] }), policy({ ingress: [] })],
    },
    { because: 'only the way out is open', objects: [policy({ egress: [{}], policyTypes: ['Egress'] })] },
    {
      because: 'it is for some pods, which are meant for everybody',
      objects: [policy({ podSelector: { matchLabels: { app: 'web' } }, ingress: [{}] })],
    },
    {
      because: 'it opens one port, or for some',
      objects: [policy({ ingress: [{ ports: [{ port: 443 }] }, { from: [{ podSelector: {} }] }] })],
    },
  ],
};
