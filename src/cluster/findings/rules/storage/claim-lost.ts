import { phaseOf } from '../../../lifecycle.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const claimLost: Rule = {
  id: 'claim-lost',
  title: 'A claim whose volume is gone: its data may be.',
  needs: { persistentvolumeclaims: { status: { phase: true } } },
  *find(view) {
    for (const claim of view.all('persistentvolumeclaims')) {
      if (phaseOf(claim) !== 'Lost') continue;
      yield { severity: 'critical', object: claim, summary: 'its volume is gone', next: describeCall(claim) };
    }
  },
};
