import { at, listAt, millisecondsSince, textAt } from '../../../fields.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { livePods, patienceMs, podShape } from './shared-pod.ts';

export const podSchedulingGated: Rule = {
  id: 'pod-scheduling-gated',
  title: 'A pod waits behind a scheduling gate that nothing has removed for five minutes.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const gates = listAt(at(pod.body, 'spec'), 'schedulingGates');
      if (gates.length === 0 || (millisecondsSince(pod.created, view.now) ?? 0) < patienceMs) continue;
      yield {
        severity: 'warning',
        object: pod,
        summary: 'held by a scheduling gate',
        detail: outsideText(gates.flatMap((gate) => textAt(gate, 'name') ?? []).join(', ')),
        since: pod.created,
        next: describeCall(pod),
      };
    }
  },
};
