import { z } from 'zod';
import type { JsonObject } from '../../src/kit/index.ts';
import { type Described, durationOf, fieldAt, pairsAt, parseDescribed, rowsOf, valueAt } from './described.ts';
import { conditionsOf, podSpecOf, podStatusOf, timeOf } from './described-pods.ts';

/** What `kubectl describe` prints of one object, as the manifest it was printed from and the events below it. */
export function manifestsOf(resource: string, text: string, now: Date): readonly JsonObject[] {
  const described = parseDescribed(text);
  const known = kinds[resource];
  const name = valueAt(described, 'Name');
  if (known === undefined || name === undefined) return [];
  const namespace = known.clustered === true ? undefined : valueAt(described, 'Namespace');
  const owner = valueAt(described, 'Controlled By')?.split('/');
  const created = timeOf(valueAt(described, 'CreationTimestamp')) ?? timeOf(valueAt(described, 'Start Time'));
  const object: JsonObject = {
    apiVersion: known.apiVersion,
    kind: known.kind,
    metadata: {
      name,
      uid: `${known.kind}/${name}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...pairsAt(described, 'Labels'), ...known.labels?.(name) },
      creationTimestamp: created ?? new Date(now.getTime() - 600_000).toISOString(),
      ...(owner === undefined
        ? {}
        : {
            ownerReferences: [
              {
                apiVersion: 'apps/v1',
                kind: owner[0] ?? '',
                name: owner[1] ?? '',
                uid: owner.join('/'),
                controller: true,
              },
            ],
          }),
    },
    ...known.body(described),
  };
  return [object, ...eventsOf(described, { kind: known.kind, name, namespace: namespace ?? 'default' }, now)];
}

/** Of ReplicaSets and StatefulSets how many are ready is not printed: as many as pods of theirs say so. */
export function withReadyPods(manifests: readonly JsonObject[]): readonly JsonObject[] {
  const ready = new Map<string, number>();
  for (const { kind, metadata, status } of manifests) {
    const { success, data } = owned.safeParse({ kind, metadata, status });
    const [owner] = success ? data.metadata.ownerReferences : [];
    const isReady = success && data.status.conditions.some((one) => one.type === 'Ready' && one.status === 'True');
    if (owner !== undefined && isReady) ready.set(owner.uid, (ready.get(owner.uid) ?? 0) + 1);
  }
  return manifests.map((manifest) => {
    const { success, data } = counting.safeParse(manifest);
    if (!success) return manifest;
    const count = ready.get(data.metadata.uid) ?? 0;
    return { ...manifest, status: { ...data.status, readyReplicas: count, availableReplicas: count } };
  });
}

const owned = z.object({
  kind: z.literal('Pod'),
  metadata: z.object({ ownerReferences: z.array(z.object({ uid: z.string() })) }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});
const counting = z.object({
  kind: z.enum(['ReplicaSet', 'StatefulSet']),
  metadata: z.object({ uid: z.string() }),
  status: z.record(z.string(), z.json()),
});

interface Printed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly clustered?: true;
  readonly labels?: (name: string) => Readonly<Record<string, string>>;
  body(described: Described): JsonObject;
}

const workload = (kind: string): Printed => ({
  apiVersion: 'apps/v1',
  kind,
  body(described) {
    const counts = valueAt(described, 'Replicas') ?? '';
    const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(counts)?.[1] ?? 0);
    const [current, desired] = [count('current'), count('desired')];
    const template = fieldAt(described, 'Pod Template');
    return {
      spec: {
        replicas: desired,
        selector: { matchLabels: pairsAt(described, 'Selector') },
        template: {
          metadata: { labels: pairsAt(template, 'Labels') },
          spec: template === undefined ? {} : podSpecOf(template),
        },
      },
      status: {
        replicas: Math.max(current, count('total')),
        updatedReplicas: count('updated'),
        // Of others than Deployments it is not printed; `withReadyPods` counts it.
        readyReplicas: count('available'),
        availableReplicas: count('available'),
        unavailableReplicas: count('unavailable'),
        conditions: conditionsOf(described),
      },
    };
  },
});

const kinds: Readonly<Record<string, Printed>> = {
  pods: {
    apiVersion: 'v1',
    kind: 'Pod',
    body: (described) => ({ spec: podSpecOf(described), status: podStatusOf(described) }),
  },
  deployments: workload('Deployment'),
  replicasets: workload('ReplicaSet'),
  statefulsets: workload('StatefulSet'),
  services: {
    apiVersion: 'v1',
    kind: 'Service',
    body(described) {
      const target = targetOf(described);
      const [name, printed] = (valueAt(described, 'Port') ?? '').split(/\s+/);
      const port = Number.parseInt(printed ?? '', 10);
      const protocol = printed?.split('/')[1] ?? 'TCP';
      return {
        spec: {
          type: valueAt(described, 'Type') ?? 'ClusterIP',
          clusterIP: valueAt(described, 'IP') ?? 'None',
          selector: pairsAt(described, 'Selector'),
          ports: Number.isNaN(port)
            ? []
            : [
                {
                  name: name === '<unset>' ? '' : (name ?? ''),
                  port,
                  protocol,
                  targetPort: target ?? port,
                },
              ],
        },
      };
    },
  },
  endpoints: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    labels: (name) => ({ 'kubernetes.io/service-name': name }),
    body(described) {
      const addresses = (key: string): readonly string[] => valueAt(described, 'Subsets', key)?.split(',') ?? [];
      const rows = rowsOf(fieldAt(described, 'Subsets', 'Ports')?.lines ?? []);
      return {
        addressType: 'IPv4',
        ports: rows.map(([name = '', port = '', protocol = 'TCP']) => ({ name, port: Number(port), protocol })),
        endpoints: [
          ...addresses('Addresses').map((address) => ({ addresses: [address], conditions: { ready: true } })),
          ...addresses('NotReadyAddresses').map((address) => ({ addresses: [address], conditions: { ready: false } })),
        ],
      };
    },
  },
  persistentvolumeclaims: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    body: (described) => ({
      spec: {
        storageClassName: valueAt(described, 'StorageClass') ?? '',
        volumeName: valueAt(described, 'Volume') ?? '',
      },
      status: { phase: valueAt(described, 'Status') ?? 'Pending' },
    }),
  },
  persistentvolumes: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    clustered: true,
    body(described) {
      const [namespace, name] = (valueAt(described, 'Claim') ?? '').split('/');
      return {
        spec: {
          storageClassName: valueAt(described, 'StorageClass') ?? '',
          ...(name === undefined ? {} : { claimRef: { namespace: namespace ?? '', name } }),
        },
        status: { phase: valueAt(described, 'Status') ?? 'Available' },
      };
    },
  },
  resourcequota: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    body(described) {
      const rows = rowsOf(described.lines);
      const column = (at: number): JsonObject => Object.fromEntries(rows.map((row) => [row[0] ?? '', row[at] ?? '0']));
      return { spec: { hard: column(2) }, status: { used: column(1), hard: column(2) } };
    },
  },
  nodes: {
    apiVersion: 'v1',
    kind: 'Node',
    clustered: true,
    body: (described) => ({
      spec: {
        unschedulable: valueAt(described, 'Unschedulable') === 'true',
        taints: [valueAt(described, 'Taints') ?? '', ...(fieldAt(described, 'Taints')?.lines ?? [])]
          .filter((taint) => taint.includes(':'))
          .map((taint) => ({ key: taint.split(/[=:]/)[0] ?? '', effect: taint.split(':').at(-1) ?? '' })),
      },
      status: {
        conditions: conditionsOf(described),
        capacity: amountsOf(described, 'Capacity'),
        allocatable: amountsOf(described, 'Allocatable'),
        nodeInfo: { kubeletVersion: valueAt(described, 'System Info', 'Kubelet Version') ?? '' },
      },
    }),
  },
};

/** Of a pod's ports only the numbers are printed: a port that is named is the number that the endpoints have. */
function targetOf(described: Described): number | undefined {
  const target = valueAt(described, 'TargetPort')?.split('/')[0] ?? '';
  const port = /^\d+$/.test(target) ? target : /:(\d+)/.exec(valueAt(described, 'Endpoints') ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

function amountsOf(described: Described, key: string): JsonObject {
  return Object.fromEntries([...(fieldAt(described, key)?.fields ?? [])].map(([name, { value }]) => [name, value]));
}

function eventsOf(
  described: Described,
  about: { readonly kind: string; readonly name: string; readonly namespace: string },
  now: Date,
): readonly JsonObject[] {
  return rowsOf(fieldAt(described, 'Events')?.lines ?? []).map(
    ([type = '', reason = '', age = '', , ...message], index) => {
      const [last, count, over] = /^(\S+)(?: \(x(\d+) over (\S+)\))?$/.exec(age)?.slice(1) ?? [age];
      const at = (ago: string): string => new Date(now.getTime() - durationOf(ago)).toISOString();
      return {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `${about.kind}.${about.name}.${index}`.toLowerCase(),
          namespace: about.namespace,
          creationTimestamp: at(over ?? last ?? ''),
        },
        involvedObject: about,
        type,
        reason,
        message: message.join('  '),
        count: Number(count ?? 1),
        firstTimestamp: at(over ?? last ?? ''),
        lastTimestamp: at(last ?? ''),
      };
    },
  );
}
