import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { at, listAt, textAt } from '../fields.ts';
import { podTemplateOf } from '../pod/template.ts';
import type { ClusterObject } from '../reader.ts';
import { type LabelSelector, matches, selectorOf } from '../selector.ts';
import type { Shape } from '../shape.ts';
import type { ClusterView } from '../view.ts';

/** What is read of a Service and of who answers for it. */
export const serviceShape: Shape = { spec: { type: true, selector: true, clusterIP: true, ports: true } };

export const serviceNeeds: Readonly<Record<string, Shape>> = { services: serviceShape };

export const endpointNeeds: Readonly<Record<string, Shape>> = {
  ...serviceNeeds,
  'endpointslices.discovery.k8s.io': { metadata: { labels: true }, endpoints: { conditions: true } },
};

/** Undefined for a Service that selects no pods: an ExternalName, or one whose endpoints somebody else writes. */
export function podSelectorOf(service: ClusterObject): LabelSelector | undefined {
  const spec = at(service.body, 'spec');
  const labels = at(spec, 'selector');
  if (isExternal(service) || labels === undefined || Object.keys(labels).length === 0) return undefined;
  return selectorOf(labels);
}

/** Whether it leads to a pod, or to the pods a workload makes or would make. */
export function selectsPodsOf(service: ClusterObject, object: ClusterObject): boolean {
  const selector = podSelectorOf(service);
  const labels = at(podTemplateOf(object), 'metadata', 'labels');
  return selector !== undefined && labels !== undefined && matches(selector, labels);
}

/** It is another name for something outside: it has neither endpoints nor, often, ports. */
export function isExternal(service: ClusterObject): boolean {
  return textAt(at(service.body, 'spec'), 'type') === 'ExternalName';
}

export interface Endpoints {
  readonly known: number;
  readonly ready: number;
}

export function endpointsOf(view: ClusterView, { namespace, name }: ClusterObject): Endpoints {
  const endpoints = view
    .selected('endpointslices.discovery.k8s.io', namespace, { matchLabels: { 'kubernetes.io/service-name': name } })
    .flatMap(({ body }) => listAt(body, 'endpoints'));
  // Readiness that is not said counts as ready: so does every consumer of a slice read it.
  const ready = endpoints.filter((endpoint) => at(endpoint, 'conditions')?.['ready'] !== false);
  return { known: endpoints.length, ready: ready.length };
}

/** Whether a Service offers a port, asked for by its number or its name. */
export function offersPort(service: ClusterObject, port: JsonValue | undefined): boolean {
  return portsOf(service).some((offered) => offered['port'] === port || offered['name'] === port);
}

export function portsOf(service: ClusterObject): readonly JsonObject[] {
  return listAt(at(service.body, 'spec'), 'ports');
}
