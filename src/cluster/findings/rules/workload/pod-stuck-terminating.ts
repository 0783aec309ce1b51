import { at, dateAt, millisecondsSince } from '../../../fields.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { patienceMs, podShape } from './shared-pod.ts';

export const podStuckTerminating: Rule = {
  id: 'pod-stuck-terminating',
  title:
    'A pod is still there five minutes after the end of its grace period: a finalizer, its node or a volume holds it.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of view.all('pods')) {
      // Deletion is due when the grace period is over, and this is that time.
      const due = dateAt(at(pod.body, 'metadata'), 'deletionTimestamp');
      if (due === undefined || (millisecondsSince(due, view.now) ?? 0) < patienceMs) continue;
      const finalizers = at(pod.body, 'metadata')?.['finalizers'];
      const held = Array.isArray(finalizers) ? finalizers.filter((one) => typeof one === 'string') : [];
      yield {
        severity: 'warning',
        object: pod,
        summary: `stuck terminating: ${held.length > 0 ? 'a finalizer is not removed' : 'its node does not confirm the end'}`,
        detail: outsideText(held.join(', ')),
        since: due,
        next: describeCall(pod),
      };
    }
  },
};
