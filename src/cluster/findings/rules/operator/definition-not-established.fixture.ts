import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const name = 'widgets.example.net';
const definition = (conditions: readonly JsonObject[], metadata: JsonObject = {}): JsonObject =>
  make('apiextensions.k8s.io/v1 CustomResourceDefinition', name, { metadata, status: { conditions } });
const good = [condition('NamesAccepted', 'True'), condition('Established', 'True')];
const object = `CustomResourceDefinition ${name}`;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'another kind has its names',
      objects: [
        definition([
          condition('NamesAccepted', 'False', { reason: 'ListKindConflict' }),
          condition('Established', 'False'),
        ]),
      ],
      finds: [{ object, severity: 'critical', says: /another has its names/ }],
    },
    {
      because: 'it was never established',
      objects: [definition([])],
      finds: [{ object, severity: 'critical', says: /not served$/ }],
    },
    {
      because: 'it has been deleted an hour ago and is still there',
      objects: [definition([...good, condition('Terminating', 'True')], { deletionTimestamp: ago(1, 'hours') })],
      finds: [{ object, severity: 'warning', says: /does not end/ }],
    },
  ],
  green: [
    { because: 'it is served', objects: [definition(good)] },
    { because: 'it was made just now', objects: [definition([], { creationTimestamp: ago(1, 'minutes') })] },
    { because: 'it is being deleted', objects: [definition([], { deletionTimestamp: ago(1, 'minutes') })] },
  ],
};
