import { at, textAt } from '../fields.ts';
import { isOver } from '../lifecycle.ts';
import { type ObjectRef, ownerOf, refText } from '../owner.ts';
import { templateNeeds } from '../pod/template.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import type { Shape } from '../shape.ts';
import { reloadTriggerOf } from './reload.ts';
import { type SyncedSecret, sourcesOf, syncedSecretOf } from './synced.ts';
import { type SecretUse, secretUsesOf } from './uses.ts';

/** Who uses Secrets in a cluster, at one moment. */
export interface SecretUsers {
  readonly synced: readonly SyncedSecret[];
  /** Of workloads, and of pods that no workload read here makes. */
  readonly uses: readonly SecretUse[];
  /** Pods there are, with the workload at the root of each: what was taken at a start is as old as they are. */
  readonly pods: readonly RunningPod[];
  reloadTrigger(by: ObjectRef, secret: string): string | undefined;
  /** Ids of kinds that could not be read: nobody may conclude that nothing of them uses a Secret. */
  readonly unread: readonly string[];
}

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly root: ObjectRef;
  readonly startedAt: Date | undefined;
}

const container: Shape = { env: true, envFrom: true, volumeMounts: true, restartPolicy: true };
const podSpec: Shape = { containers: container, initContainers: container, volumes: true, imagePullSecrets: true };
const annotations: Shape = { annotations: true };

const stores = ['secretstores.external-secrets.io', 'clustersecretstores.external-secrets.io'];
const generators = 'vaultdynamicsecrets.generators.external-secrets.io';
const external = 'externalsecrets.external-secrets.io';
const workloads = Object.keys(templateNeeds({}));

const shapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(
    Object.entries(templateNeeds({ metadata: annotations, spec: podSpec })).map(([id, shape]) => [
      id,
      { ...shape, metadata: annotations },
    ]),
  ),
  pods: { spec: podSpec, status: { phase: true, startTime: true } },
  'replicasets.apps': {},
  'jobs.batch': {},
  [external]: { spec: true, status: { conditions: true, refreshTime: true } },
  ...Object.fromEntries(stores.map((id) => [id, { spec: { provider: { vault: { path: true, version: true } } } }])),
  [generators]: { spec: { path: true } },
};

/** Of one namespace, or of all. */
export async function readSecretUsers(
  cluster: ClusterReader,
  options: { readonly namespace?: string | undefined; readonly signal: AbortSignal },
): Promise<SecretUsers> {
  const { namespace, signal } = options;
  const wanted = Object.fromEntries(
    Object.entries(shapes).map(([id, shape]) => [
      id,
      id.startsWith('clustersecretstores') ? { shape } : { namespace, shape },
    ]),
  );
  const { found, unread } = await readKinds(cluster, wanted, signal);
  return secretUsers(
    found.flatMap(({ objects }) => objects),
    unread,
  );
}

/** The pure part: over objects that were read. */
export function secretUsers(objects: readonly ClusterObject[], unread: readonly string[]): SecretUsers {
  const of = (...kinds: readonly string[]): readonly ClusterObject[] =>
    objects.filter(({ kind }) => kinds.includes(kind));
  const sources = sourcesOf(of('SecretStore', 'ClusterSecretStore', 'VaultDynamicSecret'));
  const synced = of('ExternalSecret').flatMap((object) => syncedSecretOf(object, sources) ?? []);
  const makers = of('Deployment', 'StatefulSet', 'DaemonSet', 'CronJob');
  const byRef = new Map([...makers, ...of('ReplicaSet', 'Job')].map((object) => [refText(object), object]));
  const told = new Set(makers.map(refText));
  const pods = of('Pod')
    .filter((pod) => !isOver(pod))
    .map((pod) => ({ pod, root: rootOf(pod, byRef) }));
  const alone = pods.filter(({ root }) => !told.has(refText(root))).map(({ pod }) => pod);
  return {
    synced,
    uses: [...makers, ...alone].flatMap(secretUsesOf),
    pods: pods.map(({ pod, root }) => ({
      namespace: pod.namespace,
      name: pod.name,
      root,
      startedAt: startOf(pod),
    })),
    reloadTrigger: (by, secret) => {
      const workload = byRef.get(refText(by));
      const asks = synced.some(
        (one) => one.by.namespace === by.namespace && one.secret === secret && one.asksForReload,
      );
      return workload === undefined ? undefined : reloadTriggerOf(workload, secret, asks);
    },
    unread,
  };
}

/** Whether kinds that hold uses could all be read. */
export function sawAllUses({ unread }: SecretUsers): boolean {
  return ![...workloads, 'pods', external, ...stores].some((id) => unread.includes(id));
}

function rootOf(pod: ClusterObject, byRef: ReadonlyMap<string, ClusterObject>): ObjectRef {
  let ref: ObjectRef = { group: pod.group, kind: pod.kind, namespace: pod.namespace, name: pod.name };
  let here: ClusterObject | undefined = pod;
  for (let steps = 0; here !== undefined && steps < 4; steps += 1) {
    const owner = ownerOf(here);
    if (owner === undefined) break;
    ref = owner;
    here = byRef.get(refText(owner));
  }
  return ref;
}

function startOf({ body, created }: ClusterObject): Date | undefined {
  const started = Date.parse(textAt(at(body, 'status'), 'startTime') ?? '');
  return Number.isNaN(started) ? created : new Date(started);
}
