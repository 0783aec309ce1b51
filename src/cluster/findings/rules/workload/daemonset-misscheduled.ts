import { at, numberAt } from '../../../fields.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { replicasShape } from './shared-replicas.ts';

export const daemonsetMisscheduled: Rule = {
  id: 'daemonset-misscheduled',
  title: 'A DaemonSet has pods on nodes it should not run on, as after a taint or label of a node was changed.',
  needs: { 'daemonsets.apps': replicasShape },
  *find(view) {
    for (const set of view.all('daemonsets.apps')) {
      const strays = numberAt(at(set.body, 'status'), 'numberMisscheduled') ?? 0;
      if (strays === 0 || isBeingDeleted(set)) continue;
      yield {
        severity: 'notice',
        object: set,
        summary: `${strays} ${strays === 1 ? 'pod runs' : 'pods run'} on nodes it should not run on`,
        next: describeCall(set),
      };
    }
  },
};
