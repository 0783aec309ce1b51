import type { JsonObject } from '../../../../kit/index.ts';
import { listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import type { Severity } from '../../rule.ts';

const kinds = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].map(
  (resource) => `${resource}.admissionregistration.k8s.io`,
);

const webhookShape: Shape = { webhooks: { clientConfig: true, failurePolicy: true, rules: true } };

export const webhookNeeds: Readonly<Record<string, Shape>> = Object.fromEntries(
  kinds.map((kindId) => [kindId, webhookShape]),
);

export interface Webhook {
  readonly configuration: ClusterObject;
  readonly webhook: JsonObject;
  /** What the API server does when it gets no answer: it refuses the change, or makes it unchecked. */
  readonly severity: Severity;
}

/** Those that are ever called: without rules none is. */
export function webhooksOf(view: ClusterView): readonly Webhook[] {
  return kinds
    .flatMap((kindId) => view.all(kindId))
    .flatMap((configuration) =>
      listAt(configuration.body, 'webhooks')
        .filter((webhook) => listAt(webhook, 'rules').length > 0)
        .map((webhook) => ({
          configuration,
          webhook,
          severity: textAt(webhook, 'failurePolicy') === 'Ignore' ? ('notice' as const) : ('critical' as const),
        })),
    );
}

/** What an agent has to know of it: which changes are refused. */
export function consequence(severity: Severity): string {
  return severity === 'critical' ? 'what it checks cannot be changed' : 'what it checks is changed unchecked';
}
