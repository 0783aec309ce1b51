import type { Fact, LiveFacts, VolumeFacts } from '../../change/risk/live-facts.ts';
import { at, textAt } from '../../cluster/fields.ts';
import type { ClusterObject, ClusterReader } from '../../cluster/index.ts';
import { servedKind } from '../../cluster/read-kinds.ts';
import type { Shape } from '../../cluster/shape.ts';
import { quantityText } from '../../cluster/words.ts';
import { type Backups, readBackups } from './backups.ts';
import { hostReader } from './hosts.ts';
import { notRead } from './reason.ts';

/**
 * What the cluster knows of what a plan touches. One plan, one set of facts: what was read once is not read again, and
 * `signal` ends it. Whatever cannot be read is unknown with the reason; nothing is thrown but the signal's own reason.
 */
export function openLiveFacts(cluster: ClusterReader, signal: AbortSignal): LiveFacts {
  const claims = new Map<string, Promise<Fact<readonly ClusterObject[]>>>();
  const claimsIn = (namespace: string): Promise<Fact<readonly ClusterObject[]>> => {
    const known = claims.get(namespace) ?? readClaims(cluster, namespace, signal);
    claims.set(namespace, known);
    return known;
  };
  let backups: Promise<Fact<Backups>> | undefined;
  return {
    hostsOf: hostReader(cluster, signal),
    async volume({ namespace, name }): Promise<Fact<VolumeFacts>> {
      const all = await claimsIn(namespace);
      if (!all.known) return all;
      const claim = all.value.find((one) => one.name === name);
      if (claim === undefined) return { known: false, why: 'the cluster has no such claim' };
      backups ??= known(() => readBackups(cluster, signal));
      const copies = await backups;
      const databaseCluster = textAt(at(claim.body, 'metadata', 'labels'), 'cnpg.io/cluster');
      return {
        known: true,
        value: {
          size: sizeOf(claim),
          newestBackup: copies.known ? copies.value.newestOf({ namespace, name, databaseCluster }) : copies,
        },
      };
    },
    async claimsOf({ namespace, name }) {
      const [all, set] = await Promise.all([
        claimsIn(namespace),
        known(() => readSet(cluster, namespace, name, signal)),
      ]);
      if (!all.known) return all;
      if (!set.known) return set;
      if (set.value === undefined) return { known: false, why: 'the cluster has no such StatefulSet' };
      const ordinal = /^-(?:0|[1-9]\d{0,5})$/;
      const prefixes = set.value.map((template) => `${template}-${name}`);
      const made = all.value
        .map((claim) => claim.name)
        .filter((claim) =>
          prefixes.some((prefix) => claim.startsWith(prefix) && ordinal.test(claim.slice(prefix.length))),
        );
      return { known: true, value: made.sort() };
    },
  };
}

function sizeOf({ body }: ClusterObject): Fact<string> {
  const size = quantityText(textAt(at(body, 'status', 'capacity'), 'storage'));
  return size === '?' ? { known: false, why: 'the claim is not bound' } : { known: true, value: size };
}

async function readClaims(
  cluster: ClusterReader,
  namespace: string,
  signal: AbortSignal,
): Promise<Fact<readonly ClusterObject[]>> {
  return known(async () => {
    const kind = await cluster.kind('persistentvolumeclaims', signal);
    const shape: Shape = { metadata: { labels: true }, status: { capacity: { storage: true } } };
    return (await cluster.list(kind, { namespace, shape, signal })).objects;
  });
}

/** The names of a StatefulSet's claim templates; undefined when there is no such set. */
async function readSet(
  cluster: ClusterReader,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const kind = await servedKind(cluster, 'statefulsets.apps', signal);
  if (kind === undefined) return undefined;
  const shape: Shape = { spec: { volumeClaimTemplates: { metadata: { name: true } } } };
  const { objects } = await cluster.list(kind, { namespace, shape, signal });
  const set = objects.find((object) => object.name === name);
  const templates = set && at(set.body, 'spec')?.['volumeClaimTemplates'];
  if (set === undefined || templates === undefined) return set && [];
  return Array.isArray(templates)
    ? templates.map((template) => textAt(at(template, 'metadata'), 'name')).filter((template) => template !== undefined)
    : [];
}

async function known<T>(read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, why: notRead(error) };
  }
}
