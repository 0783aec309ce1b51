import { at, listAt, textAt } from '../../fields.ts';
import { refText } from '../../owner.ts';
import type { ServiceRef } from '../../target/routes.ts';
import { nameText } from '../../words.ts';
import { endpointsText } from '../parts/network.ts';
import { secretState } from '../parts/references.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** The hosts of an Ingress, an IngressRoute or an HTTPRoute, what they lead to, and what stands in between. */
export function routeFacts(around: Surroundings): Section | undefined {
  const self = refText(around.object);
  const own = around.routes?.filter(({ object }) => refText(object) === self);
  return section('route', [
    around.routes === undefined ? 'hosts unknown: routes could not be read' : undefined,
    ...(own ?? []).map(
      ({ host, services }) => `host ${host} → ${services.map((one) => backendText(one, around)).join(', ')}`,
    ),
    own?.length === 0 ? 'names no host' : undefined,
    classText(around),
    ...certificateLines(around),
    middlewaresText(around),
  ]);
}

/** `Service web, 2 of 2 endpoints ready`, `Service web, which is NOT there`. */
function backendText({ namespace, name }: ServiceRef, around: Surroundings): string {
  const elsewhere = namespace !== around.object.namespace;
  const says = `Service ${elsewhere ? `${nameText(namespace)}/` : ''}${nameText(name)}`;
  if (elsewhere) return `${says}, in another namespace and not looked at`;
  if (around.unread.has('services')) return `${says}, not known to be there`;
  const service = around.view.get('services', namespace, name);
  return service === undefined ? `${says}, which is NOT there` : `${says}, ${endpointsText(service, around)}`;
}

function classText({ object, view, unread }: Surroundings): string | undefined {
  const kindId = 'ingressclasses.networking.k8s.io';
  const name = textAt(at(object.body, 'spec'), 'ingressClassName');
  if (name === undefined) return undefined;
  if (unread.has(kindId)) return `class ${nameText(name)}, not known to be there`;
  return `class ${nameText(name)}${view.get(kindId, '', name) === undefined ? ', which is NOT there' : ''}`;
}

/** The Secrets its TLS needs, as far as anybody says whether they are there. */
function certificateLines(around: Surroundings): readonly string[] {
  const spec = at(around.object.body, 'spec');
  const names = [...listAt(spec, 'tls'), at(spec, 'tls')].flatMap((tls) => textAt(tls, 'secretName') ?? []);
  return [...new Set(names)].map((name) => `TLS from ${secretState(name, around).says}`);
}

function middlewaresText({ object, view, unread }: Surroundings): string | undefined {
  const kindId = 'middlewares.traefik.io';
  const used = listAt(at(object.body, 'spec'), 'routes').flatMap((route) => listAt(route, 'middlewares'));
  const says = used.map((middleware) => {
    const [namespace, name] = [textAt(middleware, 'namespace') ?? object.namespace, textAt(middleware, 'name') ?? ''];
    // `name@file`: one that is configured outside the cluster.
    const isHere = namespace === object.namespace && !name.includes('@');
    if (!isHere || unread.has(kindId) || !view.serves(kindId)) return `${nameText(name.split('@')[0])} (not looked at)`;
    return `${nameText(name)}${view.get(kindId, namespace, name) === undefined ? ' (NOT there)' : ''}`;
  });
  return says.length === 0 ? undefined : `through middleware ${[...new Set(says)].join(', ')}`;
}
