import type { JsonObject, JsonValue } from '../../../../kit/index.ts';
import { at, listAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';

/** How long a controller may take to say something about a new object. */
export const patienceMs = 5 * 60_000;

const routeKinds = ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes'].map(
  (resource) => `${resource}.gateway.networking.k8s.io`,
);

export function routeNeeds(spec: Shape): Readonly<Record<string, Shape>> {
  return Object.fromEntries(
    routeKinds.map((kindId) => [kindId, { spec, status: { parents: { parentRef: true, conditions: true } } }]),
  );
}

export function routesIn(view: { all(kindId: string): readonly ClusterObject[] }): readonly ClusterObject[] {
  return routeKinds.flatMap((kindId) => view.all(kindId));
}

/** Group and kind of a reference, whose defaults differ by what is referred to. */
export function refersTo(reference: JsonObject, group: string, kind: string): boolean {
  const same = (value: JsonValue | undefined, wanted: string): boolean => value === undefined || value === wanted;
  return same(reference['group'], group) && same(reference['kind'], kind);
}

/** What each gateway's controller says of a route: the conditions of its parents, as objects. */
export function parentConditions(route: ClusterObject, type: string): readonly JsonObject[] {
  return listAt(at(route.body, 'status'), 'parents').flatMap((parent) =>
    listAt(parent, 'conditions').filter((condition) => condition['type'] === type),
  );
}
