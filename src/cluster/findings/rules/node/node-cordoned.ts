import { at, dateAt, listAt } from '../../../fields.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nodeShape } from './shared-node.ts';

export const nodeCordoned: Rule = {
  id: 'node-cordoned',
  title: 'A node takes no new pods because somebody cordoned it.',
  needs: { nodes: nodeShape },
  *find(view) {
    for (const node of view.all('nodes')) {
      const spec = at(node.body, 'spec');
      if (spec?.['unschedulable'] !== true) continue;
      const taint = listAt(spec, 'taints').find(({ key }) => key === 'node.kubernetes.io/unschedulable');
      yield {
        severity: 'notice',
        object: node,
        summary: 'cordoned: it takes no new pods',
        since: dateAt(taint, 'timeAdded'),
        next: describeCall(node),
      };
    }
  },
};
