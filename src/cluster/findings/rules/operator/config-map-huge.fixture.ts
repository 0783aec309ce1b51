import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const map = (body: JsonObject): JsonObject => make('v1 ConfigMap', 'shop/data', body);
const long = (bytes: number): string => 'x'.repeat(bytes);

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'two keys together are close to the most',
      objects: [map({ data: { a: long(500_000), b: long(450_000) } })],
      finds: [{ object: 'ConfigMap shop/data', severity: 'notice', says: /950 kB of the 1048 kB/ }],
    },
    {
      because: 'what it holds in base64 is',
      objects: [map({ binaryData: { a: long(1_240_000) } })],
      finds: [{ object: 'ConfigMap shop/data', severity: 'notice', says: /930 kB/ }],
    },
  ],
  green: [
    { because: 'it is large, but has room', objects: [map({ data: { a: long(600_000) } })] },
    { because: 'base64 makes it look larger', objects: [map({ binaryData: { a: long(1_000_000) } })] },
  ],
};
