import { at, dateAt, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const volumeFailed: Rule = {
  id: 'volume-failed',
  title: 'A volume that could not be cleaned up after its claim was deleted.',
  needs: { persistentvolumes: { status: { phase: true, reason: true, message: true, lastPhaseTransitionTime: true } } },
  *find(view) {
    for (const volume of view.all('persistentvolumes')) {
      if (phaseOf(volume) !== 'Failed') continue;
      const status = at(volume.body, 'status');
      yield {
        severity: 'warning',
        object: volume,
        summary: 'its claim is gone, and cleaning it up failed',
        detail: outsideText(textAt(status, 'reason'), textAt(status, 'message')),
        since: dateAt(status, 'lastPhaseTransitionTime'),
        next: describeCall(volume),
      };
    }
  },
};
