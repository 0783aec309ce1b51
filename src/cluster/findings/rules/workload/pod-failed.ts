import { at, dateAt, textAt } from '../../../fields.ts';
import { conditionsOf, knownReason } from '../../../health/verdict.ts';
import { isBeingDeleted, phaseOf } from '../../../lifecycle.ts';
import { ownerOf } from '../../../owner.ts';
import { containersOf, deathOf } from '../../../pod/containers.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { podShape } from './shared-pod.ts';

export const podFailed: Rule = {
  id: 'pod-failed',
  title:
    'A pod was evicted or failed: critical when it was put out and nothing replaces it, a notice when its controller does. ' +
    'Pods of Jobs are told under their Job.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of view.all('pods')) {
      if (phaseOf(pod) !== 'Failed' || isBeingDeleted(pod)) continue;
      const owner = ownerOf(pod);
      if (owner?.kind === 'Job') continue;
      const status = at(pod.body, 'status');
      const reason = textAt(status, 'reason');
      const ended = containersOf(pod).flatMap((one) => {
        const terminated = at(one.status, 'state', 'terminated');
        return terminated === undefined || terminated['exitCode'] === 0 ? [] : [{ one, terminated }];
      });
      const [first] = ended;
      const why = [
        ...(reason === undefined ? [] : [knownReason(reason) ?? 'failed']),
        ...(first === undefined ? [] : [deathOf(first.one, first.terminated)]),
      ];
      const fate = owner === undefined ? 'nothing replaces it' : 'its controller replaces it';
      yield {
        severity: owner !== undefined ? 'notice' : reason === undefined ? 'warning' : 'critical',
        object: pod,
        summary: `${why.length === 0 ? 'failed' : why.join(': ')}; ${fate}`,
        detail: outsideText(knownReason(reason) === undefined ? reason : undefined, textAt(status, 'message')),
        since:
          conditionsOf(pod).find(({ type }) => type === 'DisruptionTarget')?.since ??
          dateAt(first?.terminated, 'finishedAt'),
        next: describeCall(pod),
      };
    }
  },
};
