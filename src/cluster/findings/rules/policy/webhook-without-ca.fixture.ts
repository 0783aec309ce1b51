import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = { namespace: 'policy', name: 'gate' };
const configuration = (
  clientConfig: JsonObject,
  failurePolicy = 'Fail',
  rules: readonly JsonObject[] = [{ resources: ['pods'] }],
): JsonObject =>
  make('admissionregistration.k8s.io/v1 MutatingWebhookConfiguration', 'gate', {
    webhooks: [{ name: 'gate.example.net', clientConfig, failurePolicy, rules }],
  });
const object = 'MutatingWebhookConfiguration gate';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'nobody gave it one',
      objects: [configuration({ service })],
      finds: [{ object, severity: 'critical', says: /no CA bundle/ }],
    },
    {
      because: 'two have none; said once, as bad as the worse of them',
      objects: [
        make('admissionregistration.k8s.io/v1 MutatingWebhookConfiguration', 'gate', {
          webhooks: ['Fail', 'Ignore'].map((failurePolicy) => ({
            clientConfig: { service },
            failurePolicy,
            rules: [{ resources: ['pods'] }],
          })),
        }),
      ],
      finds: [{ object, severity: 'critical', says: /cannot be changed/ }],
    },
    {
      because: 'an empty line is none',
      objects: [configuration({ service, caBundle: 'Cg==' }, 'Ignore')],
      finds: [{ object, severity: 'notice', says: /unchecked/ }],
    },
  ],
  green: [
    { because: 'it has one', objects: [configuration({ service, caBundle: 'Q0EgQ0VSVElGSUNBVEU='.repeat(40) })] },
    {
      because: 'one outside the cluster may be trusted by everybody',
      objects: [configuration({ url: 'https://gate.example.net' })],
    },
    { because: 'it is never called', objects: [configuration({ service }, 'Fail', [])] },
  ],
};
