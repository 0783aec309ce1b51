import { type Condition, conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule, Severity } from '../../rule.ts';
import { nodeShape } from './shared-node.ts';

const known: Readonly<Record<string, { readonly severity: Severity; readonly summary: string }>> = {
  MemoryPressure: { severity: 'warning', summary: 'MemoryPressure: the node evicts pods to get memory back' },
  DiskPressure: { severity: 'warning', summary: 'DiskPressure: the node evicts pods and images to get disk back' },
  PIDPressure: { severity: 'warning', summary: 'PIDPressure: the node runs out of process ids' },
  NetworkUnavailable: { severity: 'critical', summary: 'NetworkUnavailable: the network of its pods is not set up' },
};

/** How detectors of node problems name what is bad when True. Others are good when True: `EtcdIsVoter`. */
const badWhenTrue = /(?:Pressure|Problem|Deadlock|Readonly|ReadOnly|Corrupt\w*|Unhealthy|Fail\w*|^Frequent)/;

export const nodeUnderPressure: Rule = {
  id: 'node-under-pressure',
  title:
    'A node lacks memory, disk or process ids, has no pod network, or a detector of node problems reports one. A node that ' +
    'does not report at all is told by another rule.',
  needs: { nodes: nodeShape },
  *find(view) {
    for (const node of view.all('nodes')) {
      for (const condition of conditionsOf(node)) {
        const problem = problemOf(condition);
        if (problem === undefined) continue;
        yield {
          ...problem,
          object: node,
          since: condition.since,
          next: describeCall(node),
        };
      }
    }
  },
};

function problemOf({ type, status, reason, message }: Condition) {
  if (status !== 'True') return undefined;
  const one = Object.hasOwn(known, type) ? known[type] : undefined;
  if (one !== undefined) return { ...one, detail: outsideText(message) };
  if (!badWhenTrue.test(type)) return undefined;
  const severity: Severity = 'warning';
  return { severity, summary: 'a detector reports a problem of the node', detail: outsideText(type, reason, message) };
}
