import { knownObjects, objectsOfAlert } from './evidence-weight.ts';
import { graphOf } from './graph.ts';
import type { LeftOut, TriageSnapshot } from './port.ts';
import { snapshotText } from './snapshot.ts';

/** What evidence may be, and a little room. */
const mostBytes = 63 * 1024;

/** The parts whose order says nothing of what matters; each is cut only as far as it must. */
type Part = Exclude<keyof LeftOut, 'pods' | 'namespaces'>;

/**
 * Makes a snapshot as small as evidence must be: first goes what is well and has nothing to do with what is not (counted),
 * then what is lighter of what is not well (counted too, and named in `unread`: it was seen, and cannot be judged).
 */
export function fitted(whole: TriageSnapshot): TriageSnapshot {
  if (bytesOf(whole) <= mostBytes) return whole;
  let here = withoutWell(whole);
  for (let round = 0; round < 60 && bytesOf(here) > mostBytes; round += 1) here = cutOnce(here);
  return named(here, whole);
}

function bytesOf(snapshot: TriageSnapshot): number {
  return Buffer.byteLength(snapshotText(snapshot), 'utf8');
}

function withoutWell(whole: TriageSnapshot): TriageSnapshot {
  const graph = graphOf(whole);
  const known = knownObjects(whole);
  const wrong = new Set([
    ...whole.findings.filter(({ severity }) => severity !== 'notice').flatMap(({ object, root }) => [object, root]),
    ...whole.workloads.filter(({ desired, ready, job }) => !job && ready < desired).map(({ object }) => object),
    ...whole.nodes
      .filter(({ ready, pressures }) => ready !== true || pressures.length > 0)
      .map(({ name }) => `Node ${name}`),
    ...whole.happenings.filter(({ warning }) => warning).map(({ object }) => object),
    // What only an alert tells of is no better known than by it: without its object the alert would say nothing.
    ...whole.alerts.flatMap((alert) => objectsOfAlert(alert, known)),
    ...(whole.change?.objects ?? []),
  ]);
  const near = new Set(wrong);
  for (const object of wrong) {
    for (const below of graph.below(object).keys()) near.add(below);
    for (const above of graph.dependantsOf(object)) near.add(above);
  }
  const isFarEnd = (end: string | null): boolean =>
    end === null || Date.parse(end) - Date.parse(whole.takenAt) > 30 * 86_400_000;
  return counted(whole, {
    ...whole,
    nodes: whole.nodes.filter(({ name, schedulable }) => near.has(`Node ${name}`) || !schedulable),
    workloads: whole.workloads.filter(({ object }) => wrong.has(object) || near.has(object)),
    services: whole.services.filter(
      ({ object, backs, selects, readyEndpoints }) =>
        near.has(object) || (selects && readyEndpoints === 0) || backs.some((back) => wrong.has(back)),
    ),
    volumes: whole.volumes.filter(({ object, bound, used }) => near.has(object) || !bound || (used ?? 0) >= 0.8),
    certificates: whole.certificates.filter(
      ({ object, notAfter, ready }) => near.has(object) || ready === false || !isFarEnd(notAfter),
    ),
    dependencies: whole.dependencies.filter(({ from, to }) => wrong.has(from) || (near.has(from) && near.has(to))),
    findings: whole.findings.filter(({ severity, root }) => severity !== 'notice' || wrong.has(root)),
    happenings: whole.happenings.filter(({ object, warning, change }) => warning || near.has(object) || change),
  });
}

/** Of the list that takes most room a fifth goes, from the end, where what matters least stands. */
function cutOnce(here: TriageSnapshot): TriageSnapshot {
  const parts: readonly Part[] = [
    'happenings',
    'dependencies',
    'findings',
    'alerts',
    'workloads',
    'services',
    'volumes',
    'certificates',
    'nodes',
  ];
  const sizes = parts.map((part) => ({ part, size: JSON.stringify(here[part]).length }));
  const largest = sizes.reduce((most, one) => (one.size > most.size ? one : most));
  const keep = Math.floor(here[largest.part].length * 0.8);
  return { ...here, [largest.part]: here[largest.part].slice(0, keep) };
}

function counted(whole: TriageSnapshot, kept: TriageSnapshot): TriageSnapshot {
  return { ...kept, leftOut: leftOutOf(whole, kept) };
}

function leftOutOf(whole: TriageSnapshot, kept: TriageSnapshot): LeftOut {
  const keptObjects = new Set(kept.workloads.map(({ object }) => object));
  const gone = whole.workloads.filter(({ object }) => !keptObjects.has(object));
  const places = new Set(kept.workloads.map(({ namespace }) => namespace));
  const without = (part: Part): number => whole[part].length - kept[part].length;
  return {
    nodes: without('nodes'),
    workloads: gone.length,
    pods: gone.reduce((sum, { desired, job, parked }) => sum + (job || parked ? 0 : desired), 0),
    namespaces: new Set(gone.map(({ namespace }) => namespace).filter((one) => !places.has(one))).size,
    services: without('services'),
    volumes: without('volumes'),
    certificates: without('certificates'),
    findings: without('findings'),
    alerts: without('alerts'),
    happenings: without('happenings'),
    dependencies: without('dependencies'),
  };
}

/** What is not well and found no room is a gap like any other. */
function named(kept: TriageSnapshot, whole: TriageSnapshot): TriageSnapshot {
  const well = leftOutOf(whole, withoutWell(whole));
  const all = leftOutOf(whole, kept);
  const gaps = (['nodes', 'workloads', 'services', 'findings', 'alerts', 'happenings'] as const)
    .map((part) => ({ part, count: all[part] - well[part] }))
    .filter(({ count }) => count > 0)
    .map(({ part, count }) => ({ what: part, why: `${count} more of them found no room in the snapshot` }));
  return { ...kept, leftOut: all, unread: [...kept.unread, ...gaps] };
}
