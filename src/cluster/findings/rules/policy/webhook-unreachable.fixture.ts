import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'admissionregistration.k8s.io/v1';
const rules = [{ operations: ['CREATE'], resources: ['pods'] }];
const webhook = (more: JsonObject = {}): JsonObject => ({
  name: 'gate.example.net',
  clientConfig: { service: { namespace: 'policy', name: 'gate' } },
  failurePolicy: 'Fail',
  rules,
  ...more,
});
const configuration = (...webhooks: readonly JsonObject[]): JsonObject =>
  make(`${api} ValidatingWebhookConfiguration`, 'gate', { webhooks });
const service = (port = 443): JsonObject =>
  make('v1 Service', 'policy/gate', { spec: { selector: { app: 'gate' }, ports: [{ port }] } });
const slice = (ready: boolean): JsonObject =>
  make('discovery.k8s.io/v1 EndpointSlice', 'policy/gate-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'gate' } },
    endpoints: [{ conditions: { ready } }],
  });
const object = 'ValidatingWebhookConfiguration gate';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its Service does not exist; said once for three webhooks, as bad as the worst of them',
      objects: [configuration(webhook({ failurePolicy: 'Ignore' }), webhook(), webhook({ failurePolicy: 'Ignore' }))],
      finds: [{ object, severity: 'critical', says: /no Service policy\/gate: what it checks cannot be changed/ }],
    },
    {
      because: 'nobody is ready, and changes go unchecked',
      objects: [configuration(webhook({ failurePolicy: 'Ignore' })), service(), slice(false)],
      finds: [{ object, severity: 'notice', says: /no pod of Service policy\/gate is ready: .*unchecked/ }],
    },
    {
      because: 'without a policy a failure is a refusal',
      objects: [configuration(webhook({ failurePolicy: null })), service()],
      finds: [{ object, severity: 'critical', says: /no pod/ }],
    },
    {
      because: 'its Service listens elsewhere',
      objects: [configuration(webhook()), service(8443), slice(true)],
      finds: [{ object, severity: 'critical', says: /has no port 443/ }],
    },
    {
      because: 'one that changes objects is one too',
      objects: [make(`${api} MutatingWebhookConfiguration`, 'gate', { webhooks: [webhook()] })],
      finds: [{ object: 'MutatingWebhookConfiguration gate', severity: 'critical', says: /no Service/ }],
    },
  ],
  green: [
    {
      because: 'its Service is a name for something outside',
      objects: [configuration(webhook()), make('v1 Service', 'policy/gate', { spec: { type: 'ExternalName' } })],
    },
    { because: 'somebody is ready', objects: [configuration(webhook()), service(), slice(true)] },
    { because: 'it has no rules, so it is never called', objects: [configuration(webhook({ rules: [] }))] },
    {
      because: 'it is outside the cluster',
      objects: [configuration(webhook({ clientConfig: { url: 'https://gate.example.net' } }))],
    },
  ],
};
