import { ageText, at, dateAt, millisecondsSince, textAt } from '../../../fields.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const patienceMs = 15 * 60_000;
const settled = new Set(['Succeeded', 'Replacing', 'Deleting']);

export const olmOperatorFailed: Rule = {
  id: 'olm-operator-failed',
  title:
    'An operator (OLM ClusterServiceVersion) whose installation failed or has not come to an end. Copies in other namespaces are left alone.',
  needs: {
    'clusterserviceversions.operators.coreos.com': {
      metadata: { labels: true },
      status: { phase: true, reason: true, message: true, lastTransitionTime: true },
    },
  },
  *find(view) {
    for (const operator of view.all('clusterserviceversions.operators.coreos.com')) {
      const status = at(operator.body, 'status');
      const copied = textAt(at(operator.body, 'metadata', 'labels'), 'olm.copiedFrom') !== undefined;
      const phase = textAt(status, 'phase');
      if (copied || textAt(status, 'reason') === 'Copied' || (phase !== undefined && settled.has(phase))) continue;
      const since = dateAt(status, 'lastTransitionTime') ?? operator.created;
      const age = millisecondsSince(since, view.now);
      if (phase !== 'Failed' && (age ?? patienceMs) < patienceMs) continue;
      yield {
        severity: phase === 'Failed' ? 'critical' : 'warning',
        object: operator,
        summary:
          phase === 'Failed'
            ? 'its installation failed'
            : `its installation has not come to an end for ${ageText(age)}`,
        detail: outsideText(phase, textAt(status, 'reason'), textAt(status, 'message')),
        since,
        next: describeCall(operator),
      };
    }
  },
};
