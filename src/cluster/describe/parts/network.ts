import type { JsonObject } from '../../../kit/index.ts';
import { at } from '../../fields.ts';
import { matches } from '../../findings/selector.ts';
import { endpointsOf, isExternal, podSelectorOf, portsOf } from '../../findings/service.ts';
import { listed, portText } from '../../findings/words.ts';
import { refText } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { podTemplateOf } from './pod-spec.ts';

/** How its pods are reached: the Services that select them, and the hosts that lead to those. */
export function networkSection(around: Surroundings): Section | undefined {
  if (around.unread.has('services')) return section('reached through', ['unknown: Services could not be read']);
  const services = servicesFor(around);
  return section('reached through', [
    ...services.map((service) => serviceText(service, around)),
    ...services.flatMap((service) => hostsText(service, around)),
  ]);
}

export function servicesFor({ object, view }: Surroundings): readonly ClusterObject[] {
  const labels: JsonObject | undefined = at(podTemplateOf(object), 'metadata', 'labels');
  if (labels === undefined) return [];
  return view.selected('services', object.namespace, {}).filter((service) => {
    const selector = podSelectorOf(service);
    return selector !== undefined && matches(selector, labels);
  });
}

/** `Service web, port 80 → http, 2 of 2 endpoints ready`. */
function serviceText(service: ClusterObject, around: Surroundings): string {
  const ports = portsOf(service).map(
    ({ port, targetPort }) => `${portText(port)}${targetPort === undefined ? '' : ` → ${portText(targetPort)}`}`,
  );
  return [
    `Service ${service.name}`,
    ...(ports.length === 0 ? [] : [`port ${listed(ports)}`]),
    endpointsText(service, around),
  ].join(', ');
}

export function endpointsText(service: ClusterObject, { view, unread }: Surroundings): string {
  if (isExternal(service)) return 'a name for something outside';
  if (unread.has('endpointslices.discovery.k8s.io')) return 'endpoints unknown';
  const { known, ready } = endpointsOf(view, service);
  return known === 0 ? 'NO endpoints' : `${ready} of ${known} endpoints ready`;
}

/** `host web.example.net → Service web (IngressRoute shop/web)`. */
export function hostsText(service: ClusterObject, { routes }: Surroundings): readonly string[] {
  if (routes === undefined) return [`hosts that lead to Service ${service.name} unknown`];
  return routes
    .filter(({ services }) =>
      services.some(({ namespace, name }) => namespace === service.namespace && name === service.name),
    )
    .map(({ host, object }) => `host ${host} → Service ${service.name} (${refText(object)})`);
}
