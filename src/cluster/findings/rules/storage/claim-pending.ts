import { ageText, at, millisecondsSince, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { counted, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { eventShape, newestWarning } from '../workload/shared-events.ts';
import { classNeeds, classOf, mountShape, podsByClaim } from './shared-claim.ts';

/** How long a provisioner may take. */
const patienceMs = 5 * 60_000;

export const claimPending: Rule = {
  id: 'claim-pending',
  title:
    'A claim without a volume for five minutes. One whose class waits for a pod, and that no pod mounts, is as it should be; a missing class is told by `storage-class-missing`.',
  wants: { events: eventShape },
  needs: {
    ...classNeeds,
    pods: mountShape,
    persistentvolumeclaims: { spec: { storageClassName: true }, status: { phase: true } },
  },
  *find(view) {
    const mounted = podsByClaim(view);
    for (const claim of view.all('persistentvolumeclaims')) {
      const age = millisecondsSince(claim.created, view.now);
      if (phaseOf(claim) !== 'Pending' || (age !== undefined && age < patienceMs)) continue;
      const byHand = textAt(at(claim.body, 'spec'), 'storageClassName') === '';
      const storageClass = classOf(view, claim);
      if (storageClass === undefined && !byHand) continue;
      const pods = mounted.get(`${claim.namespace}/${claim.name}`) ?? [];
      const waits = textAt(storageClass?.body, 'volumeBindingMode') === 'WaitForFirstConsumer';
      if (waits && pods.length === 0) continue;
      const waiting = pods.length === 0 ? '' : `, ${counted(pods.length, 'pod')} cannot start without it`;
      yield {
        severity: pods.length === 0 ? 'warning' : 'critical',
        object: claim,
        summary: `no volume for ${ageText(age)}${byHand ? ', and none is made for a claim without class' : ''}${waiting}`,
        detail: outsideText(newestWarning(view, claim, ['ProvisioningFailed', 'FailedBinding'])?.message),
        since: claim.created,
        next: describeCall(claim),
      };
    }
  },
};
