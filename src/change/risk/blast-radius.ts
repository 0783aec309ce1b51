import { type AddressPrinter, withoutKeys } from '../../convention/address.ts';
import { entryOf, textOf } from '../../convention/node/node.ts';
import { parsePath, set } from '../../convention/node/path.ts';
import type { StackGraph } from '../../iac/stacks/graph.ts';
import type { PlanReading } from '../plan/reading.ts';
import type { WireBlastRadius } from '../wire/run.ts';
import type { Fact, LiveFacts } from './live-facts.ts';
import { pathIn, type Subject, subjectsOf } from './subject.ts';

export interface BlastQuestion {
  readonly plan: PlanReading;
  readonly stack: string;
  readonly graph: StackGraph;
  /** Undefined: the keep has no cluster to ask. */
  readonly facts: LiveFacts | undefined;
  /** Without instance keys unless given. */
  readonly printAddress?: AddressPrinter;
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];
/** Kinds whose pods answer requests. */
const servingKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'];

/**
 * What a plan reaches beyond the resources it names. A name is told only where the cluster has what it names: one that only
 * the plan has may be made of a secret, and stands there as the address of its resource.
 */
export async function blastRadius(question: BlastQuestion): Promise<WireBlastRadius> {
  const { plan, stack, graph, facts, printAddress: print = withoutKeys } = question;
  const subjects = subjectsOf(plan);
  const workloads = subjects.filter(({ kind }) => kind !== undefined && workloadKinds.includes(kind));
  const [hosts, volumes] = await Promise.all([
    hostsOf(workloads.filter(isServing), facts, print),
    volumesOf(subjects, workloads, facts, print),
  ]);
  return {
    stacks: [...graph.dependantsOf(stack)],
    resources: dependantsIn(plan, subjects, print),
    hosts: hosts.found,
    volumes: volumes.found,
    unknown: [...new Set([...hosts.unknown, ...volumes.unknown])],
  };
}

interface Told<T> {
  readonly found: T[];
  readonly unknown: string[];
}

/** Resources that lean on what changes, through others too, without those that change themselves. */
function dependantsIn(plan: PlanReading, subjects: readonly Subject[], print: AddressPrinter): string[] {
  const users = new Map<string, string[]>();
  for (const [user, used] of plan.references) {
    for (const one of used) users.set(one, [...(users.get(one) ?? []), user]);
  }
  const changed = new Set(subjects.map(({ change }) => withoutKeys(change.address)));
  const reached = new Set(changed);
  const waiting = [...changed];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const user of users.get(next) ?? []) {
      if (reached.has(user)) continue;
      reached.add(user);
      waiting.push(user);
    }
  }
  return [...reached]
    .filter((address) => !changed.has(address))
    .map(print)
    .sort();
}

function isServing({ kind, change }: Subject): boolean {
  return kind !== undefined && servingKinds.includes(kind) && change.action !== 'create';
}

async function hostsOf(
  workloads: readonly Subject[],
  facts: LiveFacts | undefined,
  print: AddressPrinter,
): Promise<Told<string>> {
  const asked = await Promise.all(
    workloads.map(async (subject): Promise<Told<string>> => {
      const place = placeOf(subject);
      const fact =
        place === undefined ? nameless : await (facts?.hostsOf({ ...place, kind: subject.kind ?? '' }) ?? noCluster);
      if (fact.known) return { found: [...fact.value], unknown: [] };
      return { found: [], unknown: [`hosts of ${print(subject.change.address)}: ${fact.why}`] };
    }),
  );
  return {
    found: [...new Set(asked.flatMap(({ found }) => found))].sort(),
    unknown: asked.flatMap(({ unknown }) => unknown),
  };
}

interface Claim {
  readonly place: { readonly namespace: string; readonly name: string } | undefined;
  /** Of the resource the claim is known from. */
  readonly address: string;
}

type Volume = WireBlastRadius['volumes'][number];

/** Claims that are replaced or deleted, and those of workloads that are. */
async function volumesOf(
  subjects: readonly Subject[],
  workloads: readonly Subject[],
  facts: LiveFacts | undefined,
  print: AddressPrinter,
): Promise<Told<Volume>> {
  const own = subjects
    .filter(({ kind, destroys }) => kind === 'PersistentVolumeClaim' && destroys)
    .map((subject): Claim => ({ place: placeOf(subject), address: subject.change.address }));
  const mounted = await Promise.all(
    workloads.filter(({ destroys }) => destroys).map((subject) => claimsOf(subject, facts, print)),
  );
  const claims = new Map<string, Claim>();
  for (const claim of [...own, ...mounted.flatMap(({ found }) => found)]) {
    const key = claim.place === undefined ? claim.address : `${claim.place.namespace}/${claim.place.name}`;
    if (!claims.has(key)) claims.set(key, claim);
  }
  const volumes = await Promise.all([...claims.values()].map((claim) => volumeOf(claim, facts, print)));
  return {
    found: volumes.sort((one, other) => one.claim.localeCompare(other.claim)),
    unknown: mounted.flatMap(({ unknown }) => unknown),
  };
}

/** The claims a workload mounts by name, and those a StatefulSet made for its pods. */
async function claimsOf(subject: Subject, facts: LiveFacts | undefined, print: AddressPrinter): Promise<Told<Claim>> {
  const place = placeOf(subject);
  const { address } = subject.change;
  const path = parsePath(pathIn(subject, '$pod.volumes[].persistentVolumeClaim.claimName') ?? '') ?? [];
  const named = set(subject.before, path);
  const found = named.found.map(({ node }): Claim => {
    const name = textOf(node);
    return { place: place && name !== undefined ? { namespace: place.namespace, name } : undefined, address };
  });
  if (subject.kind !== 'StatefulSet') return { found, unknown: [] };
  const templates = set(subject.before, parsePath('spec.volumeClaimTemplates[]') ?? []);
  if (templates.found.length === 0 && !templates.blind) return { found, unknown: [] };
  const made = place === undefined ? nameless : await (facts?.claimsOf(place) ?? noCluster);
  if (!made.known) {
    return {
      found: [...found, { place: undefined, address }],
      unknown: [`claims of ${print(address)}: ${made.why}`],
    };
  }
  const { namespace } = place ?? { namespace: '' };
  return { found: [...found, ...made.value.map((name) => ({ place: { namespace, name }, address }))], unknown: [] };
}

async function volumeOf(
  { place, address }: Claim,
  facts: LiveFacts | undefined,
  print: AddressPrinter,
): Promise<Volume> {
  const fact = place === undefined ? nameless : await (facts?.volume(place) ?? noCluster);
  if (!fact.known || place === undefined) {
    const why = `unknown: ${fact.known ? nameless.why : fact.why}`;
    return { claim: `claim of ${print(address)}`, size: why, newestBackup: why };
  }
  const { size, newestBackup } = fact.value;
  return {
    claim: `${place.namespace}/${place.name}`,
    size: size.known ? size.value : `unknown: ${size.why}`,
    newestBackup: !newestBackup.known
      ? `unknown: ${newestBackup.why}`
      : (newestBackup.value?.toISOString() ?? 'none that the cluster tells of'),
  };
}

const noCluster: Fact<never> = { known: false, why: 'the keep has no cluster to ask' };
const nameless: Fact<never> & { readonly why: string } = {
  known: false,
  why: 'its name is known only after the apply',
};

/** Namespace and name of what is there before the change, which is what the cluster can tell of. */
function placeOf({ before, after, namespace, name }: Subject): { namespace: string; name: string } | undefined {
  const metadata = entryOf(before ?? after, 'metadata');
  const place = {
    namespace: textOf(entryOf(metadata, 'namespace')) ?? namespace,
    name: textOf(entryOf(metadata, 'name')) ?? name,
  };
  if (place.name === undefined || place.name === '' || place.namespace === undefined) return undefined;
  return { namespace: place.namespace === '' ? 'default' : place.namespace, name: place.name };
}
