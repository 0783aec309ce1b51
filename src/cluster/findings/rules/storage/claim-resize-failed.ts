import { at, millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

/** A mounted file system grows within minutes; after this it waits for a pod that starts. */
const patienceMs = 60 * 60_000;

export const claimResizeFailed: Rule = {
  id: 'claim-resize-failed',
  title: 'A claim that was to grow and cannot, or whose file system waits for a pod to start.',
  needs: { persistentvolumeclaims: { status: { conditions: true, allocatedResourceStatuses: true } } },
  *find(view) {
    for (const claim of view.all('persistentvolumeclaims')) {
      const conditions = conditionsOf(claim).filter(({ status }) => status === 'True');
      const error = conditions.find(({ type }) => type === 'ControllerResizeError' || type === 'NodeResizeError');
      const allocated = at(claim.body, 'status', 'allocatedResourceStatuses') ?? {};
      const refused = Object.values(allocated).some(
        (state) => typeof state === 'string' && /Infeasible|Failed/.test(state),
      );
      if (error !== undefined || refused) {
        yield {
          severity: 'warning',
          object: claim,
          summary: 'it cannot grow to the size that was asked for',
          detail: outsideText(error?.reason, error?.message),
          since: error?.since,
          next: describeCall(claim),
        };
        continue;
      }
      const pending = conditions.find(({ type }) => type === 'FileSystemResizePending');
      if (pending === undefined || (millisecondsSince(pending.since, view.now) ?? 0) < patienceMs) continue;
      yield {
        severity: 'notice',
        object: claim,
        summary: 'its disk has grown, its file system grows when a pod starts with it',
        since: pending.since,
        next: describeCall(claim),
      };
    }
  },
};
