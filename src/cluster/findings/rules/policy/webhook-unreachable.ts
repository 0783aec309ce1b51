import type { JsonObject } from '../../../../kit/index.ts';
import { at, textAt } from '../../../fields.ts';
import { endpointNeeds, endpointsOf, isExternal, offersPort } from '../../../service/service.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText, portText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { consequence, webhookNeeds, webhooksOf } from './shared-webhook.ts';

export const webhookUnreachable: Rule = {
  id: 'webhook-unreachable',
  title:
    'An admission webhook whose Service does not exist or has nobody ready to answer. One outside the cluster is not looked at.',
  needs: { ...webhookNeeds, ...endpointNeeds },
  *find(view) {
    const said = new Map<string, Finding>();
    for (const { configuration, webhook, severity } of webhooksOf(view)) {
      const service = at(webhook, 'clientConfig', 'service');
      const fault = service === undefined ? undefined : faultOf(view, service);
      if (fault === undefined) continue;
      const key = `${configuration.kind} ${configuration.name} ${fault}`;
      if (said.get(key)?.severity === 'critical') continue;
      said.set(key, {
        severity,
        object: configuration,
        summary: `${fault}: ${consequence(severity)}`,
        next: describeCall(configuration),
      });
    }
    yield* said.values();
  },
};

function faultOf(view: ClusterView, reference: JsonObject): string | undefined {
  const [namespace = '', name = ''] = [textAt(reference, 'namespace'), textAt(reference, 'name')];
  const place = `${nameText(namespace)}/${nameText(name)}`;
  const service = view.get('services', namespace, name);
  if (service === undefined) return `there is no Service ${place}`;
  if (isExternal(service)) return undefined;
  const port = reference['port'] ?? 443;
  if (!offersPort(service, port)) return `Service ${place} has no port ${portText(port)}`;
  return endpointsOf(view, service).ready === 0 ? `no pod of Service ${place} is ready` : undefined;
}
