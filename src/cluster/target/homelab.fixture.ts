import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../../test/recorded/api.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { connectCluster } from '../connect.ts';
import type { ClusterReader } from '../reader.ts';

/** A cluster whose workloads, pods, Services and routes are these and no others, by their plurals. */
export interface Homelab extends AsyncDisposable {
  readonly api: RecordedApi;
  readonly cluster: ClusterReader;
}

const replaced = `deployments statefulsets daemonsets replicasets cronjobs jobs pods services ingresses ingressroutes
  clusters namespaces`.split(/\s+/);

export async function openHomelab(objects: Readonly<Record<string, readonly RecordedObject[]>>): Promise<Homelab> {
  const api = await openRecordedApi();
  for (const resource of replaced)
    api.objects(resource).splice(0, Number.POSITIVE_INFINITY, ...(objects[resource] ?? []));
  const connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 5_000 }, { redactor: silent });
  return {
    api,
    cluster: connection.reader,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

export interface Described {
  readonly labels?: Record<string, string>;
  readonly spec?: unknown;
  readonly status?: unknown;
  /** `ReplicaSet/server-5d9c7b8f6d` */
  readonly owner?: string;
  readonly age?: number;
  readonly ending?: boolean;
  readonly annotations?: Record<string, string>;
}

const born = Date.parse('2026-01-31T12:00:00Z');

/** `photos/server`, with as much of it as a test needs; `age` in minutes. */
export function object(place: string, described: Described = {}): RecordedObject {
  const { labels = {}, spec = {}, status = {}, owner, age = 0, ending = false, annotations } = described;
  const [namespace = '', name = ''] = place.split('/');
  const [kind = '', ownerName = ''] = owner?.split('/') ?? [];
  const apiVersion = kind === 'Cluster' ? 'postgresql.cnpg.io/v1' : 'apps/v1';
  return {
    metadata: {
      name,
      namespace,
      labels,
      creationTimestamp: new Date(born - age * 60_000).toISOString(),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ending ? { deletionTimestamp: new Date(born).toISOString() } : {}),
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion, kind, name: ownerName, controller: true }] }),
    },
    spec,
    status,
  };
}

/** A workload whose pods carry the label `app: <name>`. */
export function workload(place: string, described: Described = {}): RecordedObject {
  const app = { app: place.split('/')[1] ?? '' };
  const spec = { selector: { matchLabels: app }, template: { metadata: { labels: app } } };
  return object(place, { ...described, spec });
}

/** A Service that selects the pods of a workload. */
export function service(place: string, app: string): RecordedObject {
  return object(place, { spec: { selector: { app } } });
}

export function ingressRoute(place: string, match: string, to: string): RecordedObject {
  return object(place, { spec: { routes: [{ kind: 'Rule', match, services: [{ name: to, port: 80 }] }] } });
}
