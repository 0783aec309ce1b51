import { at, textAt } from '../../../fields.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { consequence, webhookNeeds, webhooksOf } from './shared-webhook.ts';

export const webhookWithoutCa: Rule = {
  id: 'webhook-without-ca',
  title: 'An admission webhook in the cluster without the certificate authority the API server needs to trust it.',
  needs: webhookNeeds,
  *find(view) {
    const said = new Map<string, Finding>();
    for (const { configuration, webhook, severity } of webhooksOf(view)) {
      const client = at(webhook, 'clientConfig');
      const bundle = textAt(client, 'caBundle') ?? '';
      // `Cg==` is an empty line: what controllers put there until they know better.
      if (at(client, 'service') === undefined || (bundle !== '' && bundle !== 'Cg==')) continue;
      const key = `${configuration.kind} ${configuration.name}`;
      if (said.get(key)?.severity === 'critical') continue;
      said.set(key, {
        severity,
        object: configuration,
        summary: `it has no CA bundle, so the API server does not trust it: ${consequence(severity)}`,
        next: describeCall(configuration),
      });
    }
    yield* said.values();
  },
};
