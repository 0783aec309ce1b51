import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nodeShape } from './shared-node.ts';

export const nodeNotReady: Rule = {
  id: 'node-not-ready',
  title: 'A node is not ready, its kubelet has stopped reporting, or it has never reported.',
  needs: { nodes: nodeShape },
  *find(view) {
    for (const node of view.all('nodes')) {
      const ready = conditionsOf(node).find(({ type }) => type === 'Ready');
      if (ready?.status === 'True') continue;
      yield {
        severity: 'critical',
        object: node,
        summary: ready?.status === 'False' ? 'node not ready' : 'node not ready: its kubelet does not report',
        detail: outsideText(ready?.reason, ready?.message),
        since: ready?.since ?? node.created,
        next: describeCall(node),
      };
    }
  },
};
