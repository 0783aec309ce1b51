import { CastellanError, type JsonObject } from '../../kit/index.ts';
import { at, dateAt, listAt, textAt } from '../fields.ts';
import { parseQuantity } from '../quantity.ts';
import type { ClusterReader } from '../reader.ts';

/** Cores and bytes; undefined is what nobody said or measured, never zero. */
export interface Amounts {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** What the metrics API measured of one pod or node. */
export interface Sample {
  readonly at: Date | undefined;
  /** Of a node. */
  readonly usage: Amounts;
  /** Of a pod, by name. */
  readonly containers: ReadonlyMap<string, Amounts>;
}

export interface Metrics {
  /** By `namespace/name`, or `/name` for nodes. */
  readonly samples: ReadonlyMap<string, Sample>;
  /** Why nothing is known; undefined when the metrics API answered. */
  readonly missing: string | undefined;
}

export interface MetricsRequest {
  readonly cluster: ClusterReader;
  readonly of: 'pods' | 'nodes';
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly signal: AbortSignal;
}

/** Errors that say that usage is not to be had here, or not now: an answer, because everything else still is. */
const unmeasurable = new Set([
  'cluster-kind-unknown',
  'cluster-forbidden',
  'cluster-not-found',
  'cluster-failing',
  'cluster-deadline',
]);

/** Many clusters have no metrics API; that is no error. */
export async function readMetrics({ cluster, of, namespace, selector, signal }: MetricsRequest): Promise<Metrics> {
  try {
    const kind = await cluster.kind(`${of}.metrics.k8s.io`, signal);
    const shape = { timestamp: true, usage: true, containers: { name: true, usage: true } } as const;
    const { objects } = await cluster.list(kind, { namespace, selector, shape, signal });
    const samples = objects.map((object) => [`${object.namespace}/${object.name}`, sampleOf(object.body)] as const);
    return { samples: new Map(samples), missing: undefined };
  } catch (error) {
    if (!(error instanceof CastellanError) || !unmeasurable.has(error.code)) throw error;
    const absent = error.code === 'cluster-kind-unknown' && !error.message.includes('not answering');
    return { samples: new Map(), missing: absent ? 'the cluster has no metrics API (metrics.k8s.io)' : error.message };
  }
}

function sampleOf(body: JsonObject): Sample {
  const containers = listAt(body, 'containers').map(
    (container) => [textAt(container, 'name') ?? '', amountsOf(at(container, 'usage'))] as const,
  );
  return { at: dateAt(body, 'timestamp'), usage: amountsOf(at(body, 'usage')), containers: new Map(containers) };
}

export function amountsOf(resources: JsonObject | undefined): Amounts {
  return { cpu: parseQuantity(resources?.['cpu']), memory: parseQuantity(resources?.['memory']) };
}
