import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const source = (connectionState: JsonObject, metadata: JsonObject = {}): JsonObject =>
  make('operators.coreos.com/v1alpha1 CatalogSource', 'olm/community', { metadata, status: { connectionState } });
const object = 'CatalogSource olm/community';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its server does not answer',
      objects: [source({ lastObservedState: 'TRANSIENT_FAILURE', lastConnect: ago(2, 'hours') })],
      finds: [{ object, severity: 'warning', says: /does not answer/ }],
    },
    {
      because: 'nobody ever connected',
      objects: [source({})],
      finds: [{ object, severity: 'warning', says: /does not answer/ }],
    },
  ],
  green: [
    { because: 'it answers', objects: [source({ lastObservedState: 'READY', lastConnect: ago(2, 'hours') })] },
    {
      because: 'nobody has asked it lately',
      objects: [source({ lastObservedState: 'IDLE', lastConnect: ago(2, 'hours') })],
    },
    {
      because: 'the connection broke a minute ago',
      objects: [source({ lastObservedState: 'CONNECTING', lastConnect: ago(1, 'minutes') })],
    },
    { because: 'it was made just now', objects: [source({}, { creationTimestamp: ago(1, 'minutes') })] },
  ],
};
