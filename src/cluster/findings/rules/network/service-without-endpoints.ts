import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { templateLabels, templateNeeds, templatesFor } from '../../../pod/template.ts';
import type { ClusterObject } from '../../../reader.ts';
import { endpointNeeds, endpointsOf, isExternal, podSelectorOf } from '../../../service/service.ts';
import type { ClusterView } from '../../../view.ts';
import { counted } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';

/** Pods this young may still become ready. */
const startingMs = 2 * 60_000;

export const serviceWithoutEndpoints: Rule = {
  id: 'service-without-endpoints',
  title:
    'A Service none of whose pods is ready; parked workloads, external names and pods that just started are left alone.',
  needs: {
    ...endpointNeeds,
    ...templateNeeds(templateLabels),
    pods: { metadata: { labels: true }, status: { phase: true } },
  },
  *find(view) {
    for (const service of view.all('services')) {
      if (isExternal(service) || isTheApi(service) || endpointsOf(view, service).ready > 0) continue;
      const finding = unanswered(view, service);
      if (finding !== undefined) yield finding;
    }
  },
};

function unanswered(view: ClusterView, service: ClusterObject): Finding | undefined {
  const selector = podSelectorOf(service);
  if (selector === undefined) {
    return endpointsOf(view, service).known > 0
      ? {
          severity: 'critical',
          object: service,
          summary: 'none of its endpoints is ready',
          next: describeCall(service),
        }
      : { severity: 'notice', object: service, summary: 'it selects no pods, and nobody gave it endpoints' };
  }
  const pods = view.selected('pods', service.namespace, selector).filter(isGoing);
  if (pods.length === 0) {
    const [wanting] = templatesFor(view, service.namespace, selector).filter(({ wants }) => wants === 'pods');
    if (wanting === undefined || isYoung(wanting.owner, view)) return undefined;
    const { kind, name } = wanting.owner;
    return {
      severity: 'critical',
      object: service,
      summary: `no endpoint: ${kind} ${name} has no pods`,
      next: describeCall(wanting.owner),
    };
  }
  const [first] = pods;
  if (first === undefined || pods.every((pod) => isYoung(pod, view))) return undefined;
  return {
    severity: 'critical',
    object: service,
    summary: `no ready endpoint: 0 of ${counted(pods.length, 'pod')} ready`,
    next: describeCall(first),
  };
}

function isYoung({ created }: ClusterObject, { now }: ClusterView): boolean {
  return (millisecondsSince(created, now) ?? startingMs) < startingMs;
}

/** The API server writes its own endpoints, unless it listens on loopback only; that it answers is seen already. */
function isTheApi({ namespace, name }: ClusterObject): boolean {
  return namespace === 'default' && name === 'kubernetes';
}

function isGoing({ body }: ClusterObject): boolean {
  const phase = textAt(at(body, 'status'), 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed';
}
