import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const group = (place: string): JsonObject => make('operators.coreos.com/v1 OperatorGroup', place);
const subscription = make('operators.coreos.com/v1alpha1 Subscription', 'ops/widgets');

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'there are two',
      objects: [subscription, group('ops/one'), group('ops/two'), group('other/one')],
      finds: [{ object: 'OperatorGroup ops/one', severity: 'critical', says: /another OperatorGroup.*: two$/ }],
    },
    {
      because: 'there is none where something is to be installed',
      objects: [subscription, group('other/one')],
      finds: [{ object: 'Subscription ops/widgets', severity: 'critical', says: /no OperatorGroup/ }],
    },
  ],
  green: [{ because: 'there is one', objects: [subscription, group('ops/one'), group('other/one')] }],
};
