import { counted, listed } from '../../../cluster/index.ts';
import type { SnapshotWorkload } from '../port.ts';
import type { ConditionOf } from '../rubric.ts';
import type { Sight } from '../sight.ts';
import { holds, not, type Predicate, percent } from './look.ts';

type Path = ConditionOf<'workload-down'>['path'];

export const workloadDown: Predicate<ConditionOf<'workload-down'>> = (sight, { path, userFacing, tiers }) => {
  const fits = (one: SnapshotWorkload): boolean =>
    isOnPath(sight, one, path) &&
    (tiers === undefined || tiers.includes(sight.tierOf(one))) &&
    (!userFacing || sight.userFacing.has(one.object));
  const ill = sight.workloads.filter((one) => sight.isIll(one) && fits(one));
  const down = ill.filter(({ ready }) => ready === 0).map(({ object }) => object);
  const empty = path === 'critical' ? emptyServices(sight).filter((object) => sight.criticalOf(object)) : [];
  const objects = [...down, ...empty];
  if (objects.length > 0) return holds(`${listed(objects)}: nothing is ready`, objects);
  const [nearest] = ill;
  return not(nearest === undefined ? undefined : `${nearest.object} loses its last ready pod`);
};

export const workloadDegraded: Predicate<ConditionOf<'workload-degraded'>> = (sight, { path }) => {
  const hit = sight.workloads.filter((one) => sight.isIll(one) && isOnPath(sight, one, path) && one.ready > 0);
  return hit.length === 0 ? not() : holds(readyText(hit), objectsOf(hit));
};

export const workloadUnready: Predicate<ConditionOf<'workload-unready'>> = (sight) => {
  const hit = sight.workloads.filter((one) => sight.isIll(one));
  return hit.length === 0 ? not() : holds(readyText(hit), objectsOf(hit));
};

export const serviceEmpty: Predicate<ConditionOf<'service-empty'>> = (sight) => {
  const hit = emptyServices(sight);
  return hit.length === 0 ? not() : holds(`${listed(hit)}: no endpoint is ready`, hit);
};

export const podsUnready: Predicate<ConditionOf<'pods-unready'>> = (sight, { share, namespaces, least }) => {
  const { leftOut } = sight.snapshot;
  const ill = sight.workloads.filter((one) => sight.isIll(one));
  const wanted = sum(sight.workloads, ({ desired }) => desired) + (leftOut?.pods ?? 0);
  const unready = sum(ill, ({ desired, ready }) => desired - ready);
  if (wanted < least || unready === 0) return not();
  const ofAll = unready / wanted;
  if (namespaces === undefined) {
    if (ofAll > share) return holds(`${unready} of ${counted(wanted, 'pod')} are not ready`, objectsOf(ill));
    return not(`more than ${percent(share)} of the pods are not ready; now ${percent(ofAll)}`);
  }
  const places = [...Map.groupBy(sight.workloads, ({ namespace }) => namespace).values()];
  const hit = places.filter((there) => {
    const missing = sum(there, (one) => (sight.isIll(one) ? one.desired - one.ready : 0));
    return missing > share * sum(there, ({ desired }) => desired);
  });
  const known = places.length + (leftOut?.namespaces ?? 0);
  // One namespace is not a cluster.
  if (known > 1 && hit.length > namespaces * known) {
    const why = `more than ${percent(share)} of the pods in ${hit.length} of ${counted(known, 'namespace')} are not ready`;
    return holds(why, objectsOf(ill));
  }
  return not(
    `more than ${percent(share)} of the pods in more than ${percent(namespaces)} of the namespaces are not ready; now in ${hit.length} of ${known}`,
  );
};

export function emptyServices({ services, workload, findings }: Sight): readonly string[] {
  return services
    .filter(({ selects, readyEndpoints }) => selects && readyEndpoints === 0)
    .filter(({ object, backs }) => {
      const behind = backs.map((back) => workload.get(back)).filter((one) => one !== undefined);
      // Of what runs now and then, or sleeps, endpoints come and go; the rules of findings know it of those nobody is behind.
      if (behind.length > 0) return behind.some(({ job, parked, desired }) => !job && !parked && desired > 0);
      return findings.some((finding) => finding.object === object && finding.severity !== 'notice');
    })
    .map(({ object }) => object);
}

function isOnPath(sight: Sight, workload: SnapshotWorkload, path: Path): boolean {
  if (path === 'any') return true;
  return (sight.tierOf(workload) === 'critical') === (path === 'critical');
}

function readyText(workloads: readonly SnapshotWorkload[]): string {
  return listed(workloads.map(({ object, ready, desired }) => `${object} ${ready}/${desired} ready`));
}

function objectsOf(workloads: readonly SnapshotWorkload[]): readonly string[] {
  const missing = ({ desired, ready }: SnapshotWorkload): number => (desired - ready) / desired;
  return [...workloads]
    .sort((a, b) => missing(b) - missing(a) || (a.object < b.object ? -1 : 1))
    .map(({ object }) => object);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
