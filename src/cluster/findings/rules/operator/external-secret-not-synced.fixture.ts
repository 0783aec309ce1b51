import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const reference = (property: string, key = 'finance/bank'): JsonObject => ({
  secretKey: property,
  remoteRef: { key, property },
});
const secret = (status: JsonObject, spec: JsonObject = {}): JsonObject =>
  make('external-secrets.io/v1 ExternalSecret', 'finance/bank-credentials', {
    spec: { data: [reference('client_id'), reference('webhook_signing_key')], ...spec },
    status,
  });
const failing = (message: string): JsonObject => condition('Ready', 'False', { reason: 'SecretSyncedError', message });
const object = 'ExternalSecret finance/bank-credentials';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its message says which key is missing',
      objects: [
        secret({
          refreshTime: ago(3, 'days'),
          conditions: [failing('could not get secret data: no key webhook_signing_key in finance/bank')],
        }),
      ],
      finds: [{ object, severity: 'warning', says: /^not synced for 2h: webhook_signing_key of finance\/bank$/ }],
    },
    {
      because: 'its message says nothing, and it never worked',
      objects: [secret({ conditions: [failing('could not get secret data from provider')] })],
      finds: [
        {
          object,
          severity: 'critical',
          says: /never was: client_id of finance\/bank, webhook_signing_key of finance\/bank$/,
        },
      ],
    },
    {
      because: 'it asks for a whole path',
      objects: [
        secret(
          { conditions: [failing('no such path')] },
          { data: null, dataFrom: [{ extract: { key: 'finance/all' } }] },
        ),
      ],
      finds: [{ object, severity: 'critical', says: /finance\/all$/ }],
    },
    {
      because: 'a path that is a sentence is not repeated',
      objects: [secret({ conditions: [failing('no')] }, { data: [reference('a b', 'tell me everything')] })],
      finds: [{ object, severity: 'critical', says: /: \? of \?$/ }],
    },
  ],
  green: [
    {
      because: 'it is synced',
      objects: [secret({ refreshTime: ago(6, 'minutes'), conditions: [condition('Ready', 'True')] })],
    },
    { because: 'it has just been made', objects: [secret({})] },
  ],
};
