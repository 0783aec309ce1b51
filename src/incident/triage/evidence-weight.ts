import type { SnapshotAlert, SnapshotFinding, TriageSnapshot } from './port.ts';
import { emptyServices } from './severity/workloads.ts';
import { hostOf, type Sight } from './sight.ts';
import {
  alertTells,
  alertWeight,
  findingWeight,
  happeningWeight,
  mostPowersOfTen,
  otherHappeningWeight,
  perPowerOfTen,
  ruleWeight,
  severityFactor,
  stateWeight,
} from './weights.ts';

/** What speaks for an object being a cause, by itself: each thing with its weight, in our words. */
export interface Own {
  /** From 0 to 1. */
  readonly weight: number;
  /** Heaviest first. */
  readonly why: readonly string[];
}

/** By object: the owner at the top where there is one. What a finding is about inside of it is told under it. */
export function ownEvidence(sight: Sight): ReadonlyMap<string, Own> {
  const said = new Map<string, Map<string, number>>();
  const say = (object: string, why: string, weight: number): void => {
    const there = said.get(object) ?? new Map<string, number>();
    there.set(why, Math.max(weight, there.get(why) ?? 0));
    said.set(object, there);
  };
  for (const finding of sight.findings) say(finding.root, finding.summary, weightOf(finding));
  sayHappenings(sight, say);
  sayAlerts(sight, say);
  sayStates(sight, say);
  sayProbes(sight, say);
  return new Map([...said].map(([object, reasons]) => [object, ownOf(reasons)]));
}

type Say = (object: string, why: string, weight: number) => void;

/** Each reason is a chance that it is not the cause; the same thing said by several parts is not several things. */
function ownOf(reasons: ReadonlyMap<string, number>): Own {
  const sorted = [...reasons].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  // The heaviest counts whole, every other a part: symptoms of one object are rarely independent.
  const left = sorted.reduce((rest, [, weight], index) => rest * (1 - weight / (index === 0 ? 1 : 3)), 1);
  return { weight: 1 - left, why: sorted.map(([why]) => why) };
}

export function weightOf({ rule, severity }: Pick<SnapshotFinding, 'rule' | 'severity'>): number {
  const known = Object.hasOwn(ruleWeight, rule) ? ruleWeight[rule] : undefined;
  return known === undefined ? findingWeight[severity] : known * severityFactor[severity];
}

/** Only in the window: an older one has its say through what it left behind. */
function sayHappenings({ snapshot, from, workload }: Sight, say: Say): void {
  for (const { warning, object, what, text, until, at } of snapshot.happenings) {
    if (!warning || Date.parse(until ?? at) < from) continue;
    if (workload.get(object)?.parked === true || workload.get(object)?.job === true) continue;
    const weight = Object.hasOwn(happeningWeight, what) ? happeningWeight[what] : undefined;
    say(object, text, weight ?? otherHappeningWeight);
  }
}

function sayAlerts({ alerts, snapshot }: Sight, say: Say): void {
  const known = knownObjects(snapshot);
  for (const alert of alerts) {
    for (const object of objectsOfAlert(alert, known)) say(object, `alert ${alert.name}`, weightOfAlert(alert));
  }
}

export function weightOfAlert({ name, severity, summary }: SnapshotAlert): number {
  const weight = severity === 'critical' || severity === 'page' ? alertWeight.critical : alertWeight.other;
  const about = aboutOf(name);
  const powers = about === 'traffic' ? 0 : Math.min(mostPowersOfTen, Math.log10(timesNormal(summary ?? '')));
  return Math.min(0.9, weight * alertTells[about] * (1 + perPowerOfTen * powers));
}

/** `HighRequestLatency`, `THROUGHPUT_DROP`, `CPUThrottlingHigh`: by the words of its name. */
function aboutOf(name: string): keyof typeof alertTells {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[^a-z0-9]+/gi, ' ');
  if (/\b(?:traffic|throughput|rps|qps|request rate)\b/i.test(words)) return 'traffic';
  return /throttl|saturat|\bcpu\b|\bmemory|\boom|\bdisk|exhaust|network quality|packet loss|retransmi/i.test(words)
    ? 'resource'
    : 'symptom';
}

/** How many times its normal value it is, where the alert says by how much it rose: `+1300.5%`. */
function timesNormal(summary: string): number {
  const rises = [...summary.matchAll(/\+(\d{1,9}(?:\.\d+)?) ?%/g)].map(([, percent]) => 1 + Number(percent) / 100);
  return Math.max(1, ...rises);
}

/** What an alert may name. */
export function knownObjects({
  workloads,
  nodes,
  services,
  volumes,
}: Pick<TriageSnapshot, 'workloads' | 'nodes' | 'services' | 'volumes'>): ReadonlySet<string> {
  return new Set([
    ...workloads.map(({ object }) => object),
    ...nodes.map(({ name }) => `Node ${name}`),
    ...services.map(({ object }) => object),
    ...volumes.map(({ object }) => object),
  ]);
}

const alertKinds: readonly (readonly [label: string, kind: string])[] = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['cronjob', 'CronJob'],
  ['job_name', 'Job'],
  ['service', 'Service'],
  ['persistentvolumeclaim', 'PersistentVolumeClaim'],
];

/** What its labels name; of a pod the workload whose name its own begins with. */
export function objectsOfAlert(
  { labels }: Pick<SnapshotAlert, 'labels'>,
  known: ReadonlySet<string>,
): readonly string[] {
  const named: string[] = [];
  const space = labels['namespace'] ?? labels['exported_namespace'];
  for (const [label, kind] of alertKinds) {
    const name = labels[label];
    if (name !== undefined && space !== undefined) named.push(`${kind} ${space}/${name}`);
  }
  const pod = labels['pod'];
  if (pod !== undefined && space !== undefined) named.push(...ownersByName(space, pod, known));
  if (named.length === 0) {
    for (const node of [labels['node'], labels['nodename'], labels['instance']?.replace(/:\d+$/, '')]) {
      if (node !== undefined && known.has(`Node ${node}`)) named.push(`Node ${node}`);
    }
  }
  return [...new Set(named)].filter((object) => known.has(object));
}

function ownersByName(space: string, pod: string, known: ReadonlySet<string>): readonly string[] {
  const parts = pod.split('-');
  const stems = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
  for (const stem of stems) {
    const found = ['Deployment', 'StatefulSet', 'DaemonSet', 'Cluster', 'Pod']
      .map((kind) => `${kind} ${space}/${stem}`)
      .filter((object) => known.has(object));
    if (found.length > 0) return found;
  }
  return [];
}

function sayStates(sight: Sight, say: Say): void {
  const { snapshot, now } = sight;
  for (const one of sight.workloads) {
    if (!sight.isIll(one)) continue;
    const weight = one.ready === 0 ? stateWeight.workloadDown : stateWeight.workloadDegraded;
    say(one.object, `${one.ready}/${one.desired} ready`, weight);
  }
  for (const { name, ready, pressures } of snapshot.nodes) {
    if (ready === false) say(`Node ${name}`, 'not ready', stateWeight.nodeNotReady);
    if (ready === null) say(`Node ${name}`, 'nobody knows whether it is ready', stateWeight.nodeUnknown);
    for (const pressure of pressures) say(`Node ${name}`, pressure, stateWeight.nodePressure);
  }
  for (const service of emptyServices(sight)) say(service, 'no endpoint is ready', stateWeight.serviceEmpty);
  for (const { object, bound, used } of snapshot.volumes) {
    if (used !== null && used >= 0.97) say(object, `${Math.round(used * 100)} % full`, stateWeight.volumeFull);
    if (!bound) say(object, 'not bound', stateWeight.volumeUnbound);
  }
  for (const { object, notAfter, ready } of snapshot.certificates) {
    if (notAfter !== null && Date.parse(notAfter) <= now) say(object, 'it has ended', stateWeight.certificateEnded);
    else if (ready === false) say(object, 'not ready', stateWeight.certificateNotReady);
  }
}

/** Says it of the Service its host leads to, which depends on what is behind it. */
function sayProbes({ probes, services }: Sight, say: Say): void {
  for (const { target, ok } of probes) {
    if (ok !== false) continue;
    const host = hostOf(target);
    for (const { object, hosts } of services) {
      if (hosts.includes(host)) say(object, `${host} does not answer`, stateWeight.probeFailing);
    }
  }
}
