import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { nameText } from '../../../words.ts';
import type { Rule } from '../../rule.ts';
import { classNeeds, classOf } from './shared-claim.ts';

const patienceMs = 60_000;

export const storageClassMissing: Rule = {
  id: 'storage-class-missing',
  title:
    'A claim without a volume whose class does not exist, or that names none where there is no default. A bound claim may name what it likes.',
  needs: {
    ...classNeeds,
    persistentvolumeclaims: { spec: { storageClassName: true }, status: { phase: true } },
    persistentvolumes: { spec: { storageClassName: true }, status: { phase: true } },
  },
  *find(view) {
    for (const claim of view.all('persistentvolumeclaims')) {
      const named = textAt(at(claim.body, 'spec'), 'storageClassName');
      if (phaseOf(claim) !== 'Pending' || named === '' || classOf(view, claim) !== undefined) continue;
      if ((millisecondsSince(claim.created, view.now) ?? patienceMs) < patienceMs) continue;
      // Volumes made by hand share a word with their claims, no class needs to have that name.
      const free = view
        .all('persistentvolumes')
        .some((volume) => phaseOf(volume) === 'Available' && at(volume.body, 'spec')?.['storageClassName'] === named);
      if (named !== undefined && free) continue;
      yield {
        severity: 'critical',
        object: claim,
        summary:
          named === undefined
            ? 'it names no StorageClass and the cluster has no default one'
            : `there is no StorageClass ${nameText(named)} and no free volume of it`,
        since: claim.created,
        next: 'kubectl_get kind=storageclasses',
      };
    }
  },
};
