import { refText } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { endpointsOf, isExternal, portsOf, selectsPodsOf } from '../../service/service.ts';
import { isAt } from '../../target/routes.ts';
import { listed, portText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

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
  return view.selected('services', object.namespace, {}).filter((service) => selectsPodsOf(service, object));
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
    .filter(({ services }) => services.some((ref) => isAt(service, ref)))
    .map(({ host, object }) => `host ${host} → Service ${service.name} (${refText(object)})`);
}
