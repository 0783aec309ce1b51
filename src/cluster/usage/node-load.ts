import { at, textAt } from '../fields.ts';
import { isOver } from '../lifecycle.ts';
import { parseQuantity } from '../quantity.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import { type Amounts, amountsOf, type Sample } from './metrics.ts';
import { setAside } from './pod-load.ts';

export interface NodeLoad {
  readonly node: ClusterObject;
  readonly measuredAt: Date | undefined;
  readonly used: Amounts;
  readonly allocatable: Amounts & { readonly pods: number | undefined };
  /** What its pods requested; undefined when the pods could not be read. */
  readonly requested: Amounts | undefined;
  readonly pods: number | undefined;
}

export const nodeLoadShape: Shape = { spec: { unschedulable: true }, status: { allocatable: true, conditions: true } };

export interface NodeLoadRequest {
  readonly node: ClusterObject;
  readonly sample: Sample | undefined;
  /** Of the whole cluster; undefined when they could not be read. */
  readonly pods: readonly ClusterObject[] | undefined;
}

export function nodeLoadOf({ node, sample, pods }: NodeLoadRequest): NodeLoad {
  const allocatable = at(node.body, 'status', 'allocatable');
  const here = pods?.filter((pod) => textAt(at(pod.body, 'spec'), 'nodeName') === node.name && !isOver(pod));
  const requests = here?.map(setAside);
  const total = (resource: keyof Amounts): number =>
    (requests ?? []).reduce((sum, request) => sum + (request[resource] ?? 0), 0);
  return {
    node,
    measuredAt: sample?.at,
    used: sample?.usage ?? { cpu: undefined, memory: undefined },
    allocatable: { ...amountsOf(allocatable), pods: parseQuantity(allocatable?.['pods']) },
    requested: requests === undefined ? undefined : { cpu: total('cpu'), memory: total('memory') },
    pods: here?.length,
  };
}
