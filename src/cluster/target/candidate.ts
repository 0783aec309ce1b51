import { at } from '../fields.ts';
import { type Kind, kindId } from '../kind.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterObject, ClusterReader, ListOptions } from '../reader.ts';

/** An object a word may mean, as far as its metadata tells. */
export interface Candidate {
  readonly kind: Kind;
  readonly object: ClusterObject;
}

/** How people write the kinds a word may mean; any other kind by its id, which no other kind has. */
const words: Readonly<Record<string, string>> = {
  'deployments.apps': 'deploy',
  'statefulsets.apps': 'sts',
  'daemonsets.apps': 'ds',
  'cronjobs.batch': 'cronjob',
  'jobs.batch': 'job',
  pods: 'pod',
  services: 'svc',
  'ingresses.networking.k8s.io': 'ingress',
  'ingressroutes.traefik.io': 'ingressroute',
  'httproutes.gateway.networking.k8s.io': 'httproute',
};

export function kindWord(kind: Kind): string {
  return words[kindId(kind)] ?? kindId(kind);
}

/** `photos/deploy/server`: can be given back as a target. */
export function candidateText({ kind, object }: Candidate): string {
  const word = kindWord(kind);
  const parts = object.namespace === '' ? [word, object.name] : [object.namespace, word, object.name];
  return parts.join('/');
}

export interface Candidates {
  readonly workloads: readonly Candidate[];
  readonly unread: readonly string[];
}

const labelled = { metadata: { labels: true } } as const;

/** Everything that makes pods and is made by a person: Jobs a CronJob started are the CronJob's. */
export async function readWorkloads(
  cluster: ClusterReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Candidates> {
  const list: Omit<ListOptions, 'signal'> = { namespace, shape: labelled };
  const { found, unread } = await readKinds(
    cluster,
    {
      'deployments.apps': list,
      'statefulsets.apps': list,
      'daemonsets.apps': list,
      'cronjobs.batch': list,
      'jobs.batch': list,
    },
    signal,
  );
  const workloads = found
    .flatMap(({ kind, objects }) => objects.map((object): Candidate => ({ kind, object })))
    .filter(
      ({ kind, object }) => kind.kind !== 'Job' || at(object.body, 'metadata')?.['ownerReferences'] === undefined,
    );
  return { workloads, unread };
}

/** What runs all the time is meant before what runs now and then. */
export function lastingFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const lasting = candidates.filter(({ kind }) => kind.group !== 'batch');
  return lasting.length > 0 ? lasting : candidates;
}

/** Labels that say which app an object belongs to. */
const appLabels = ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app', 'k8s-app'];

export function isOfApp({ object }: Candidate, app: string): boolean {
  const labels = at(object.body, 'metadata', 'labels');
  return labels !== undefined && appLabels.some((label) => Object.hasOwn(labels, label) && labels[label] === app);
}
