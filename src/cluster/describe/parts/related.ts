import { at, textAt } from '../../fields.ts';
import { refOf } from '../../findings/view.ts';
import { type ObjectRef, refText } from '../../owner.ts';
import type { Surroundings } from '../surroundings.ts';
import { servicesFor } from './network.ts';
import { podSpecOf } from './pod-spec.ts';
import { makerOf } from './references.ts';
import { referencesOf } from './references-of.ts';

/** What an object hangs together with: something wrong with one of these explains or follows from what is wrong here. */
export function relatedTo(around: Surroundings): readonly ObjectRef[] {
  const { object, pods, owners, routes } = around;
  const { namespace } = object;
  const services = object.kind === 'Service' ? [object] : servicesFor(around);
  const leading = (routes ?? []).filter((route) =>
    route.services.some(
      (service) => service.namespace === namespace && services.some(({ name }) => name === service.name),
    ),
  );
  return [
    ...(pods ?? []).map(refOf),
    ...owners.map(({ ref }) => ref),
    ...services.map(refOf),
    ...leading.map((route) => refOf(route.object)),
    ...neededBy(around),
    ...(pods ?? []).flatMap(({ body }) => named('Node', '', textAt(at(body, 'spec'), 'nodeName'))),
    ...(routes ?? [])
      .filter((route) => refText(refOf(route.object)) === refText(refOf(object)))
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
      return maker === undefined ? [] : [refOf(maker)];
    }),
  ];
}

function named(kind: string, namespace: string, name: string | undefined): readonly ObjectRef[] {
  return name === undefined ? [] : [{ group: '', kind, namespace, name }];
}
