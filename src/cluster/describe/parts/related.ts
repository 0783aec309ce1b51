import { at, textAt } from '../../fields.ts';
import { type ObjectRef, refText } from '../../owner.ts';
import { referencesOf } from '../../pod/references.ts';
import { podSpecOf } from '../../pod/template.ts';
import { isAt } from '../../target/routes.ts';
import type { Surroundings } from '../surroundings.ts';
import { servicesFor } from './network.ts';
import { makerOf } from './references.ts';

/** What an object hangs together with: something wrong with one of these explains or follows from what is wrong here. */
export function relatedTo(around: Surroundings): readonly ObjectRef[] {
  const { object, pods, owners, routes } = around;
  const services = object.kind === 'Service' ? [object] : servicesFor(around);
  const leading = (routes ?? []).filter((route) =>
    route.services.some((ref) => services.some((service) => isAt(service, ref))),
  );
  return [
    ...(pods ?? []),
    ...owners.map(({ ref }) => ref),
    ...services,
    ...leading.map((route) => route.object),
    ...neededBy(around),
    ...(pods ?? []).flatMap(({ body }) => named('Node', '', textAt(at(body, 'spec'), 'nodeName'))),
    ...(routes ?? [])
      .filter((route) => refText(route.object) === refText(object))
      .flatMap((route) => route.services.flatMap((service) => named('Service', service.namespace, service.name))),
  ];
}

function neededBy(around: Surroundings): readonly ObjectRef[] {
  const { namespace } = around.object;
  const spec = podSpecOf(around.object);
  if (spec === undefined) return [];
  const { claims, secrets } = referencesOf(spec);
  return [
    ...[...claims].flatMap((claim) => named('PersistentVolumeClaim', namespace, claim)),
    ...[...secrets].flatMap((secret) => {
      const maker = makerOf(secret, around);
      return maker === undefined ? [] : [maker];
    }),
  ];
}

function named(kind: string, namespace: string, name: string | undefined): readonly ObjectRef[] {
  return name === undefined ? [] : [{ group: '', kind, namespace, name }];
}
