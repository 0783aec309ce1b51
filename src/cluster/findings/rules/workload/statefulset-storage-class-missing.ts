import { at, listAt, textAt } from '../../../fields.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isParked, replicasOf, replicasShape } from './shared-replicas.ts';

export const statefulsetStorageClassMissing: Rule = {
  id: 'statefulset-storage-class-missing',
  title:
    'A StatefulSet that lacks pods claims volumes of a storage class that does not exist. With all its pods ready its claims ' +
    'are bound, by hand maybe, and it is left alone.',
  needs: { 'statefulsets.apps': replicasShape, 'storageclasses.storage.k8s.io': {} },
  *find(view) {
    for (const set of view.all('statefulsets.apps')) {
      const replicas = replicasOf(set);
      if (isParked(set) || isBeingDeleted(set) || (replicas !== undefined && replicas.ready >= replicas.desired))
        continue;
      const classes = listAt(at(set.body, 'spec'), 'volumeClaimTemplates').map((claim) =>
        textAt(at(claim, 'spec'), 'storageClassName'),
      );
      const missing = classes.filter(
        (name) =>
          name !== undefined && name !== '' && view.get('storageclasses.storage.k8s.io', '', name) === undefined,
      );
      if (missing.length === 0) continue;
      yield {
        severity: 'warning',
        object: set,
        summary: 'it claims volumes of a storage class that does not exist',
        detail: outsideText([...new Set(missing)].join(', ')),
        next: describeCall(set),
      };
    }
  },
};
