import { at, textAt } from '../../../fields.ts';
import { parseQuantity } from '../../../quantity.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nodeShape } from './shared-node.ts';

const nearlyFull = 0.9;

export const nodePodsNearlyFull: Rule = {
  id: 'node-pods-nearly-full',
  title: 'A node runs nine tenths of the pods its kubelet allows (a notice), or all of them (a warning).',
  needs: { nodes: nodeShape, pods: { spec: { nodeName: true }, status: { phase: true } } },
  *find(view) {
    const counts = new Map<string, number>();
    for (const { body } of view.all('pods')) {
      const name = textAt(at(body, 'spec'), 'nodeName');
      const phase = textAt(at(body, 'status'), 'phase');
      if (name === undefined || phase === 'Succeeded' || phase === 'Failed') continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const node of view.all('nodes')) {
      const most = parseQuantity(at(node.body, 'status', 'allocatable')?.['pods']);
      const running = counts.get(node.name) ?? 0;
      if (most === undefined || most === 0 || running < most * nearlyFull) continue;
      yield {
        severity: running >= most ? 'warning' : 'notice',
        object: node,
        summary: `runs ${running} of the ${most} pods it may`,
        next: describeCall(node),
      };
    }
  },
};
