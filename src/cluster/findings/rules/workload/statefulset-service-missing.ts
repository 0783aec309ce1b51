import { at, textAt } from '../../../fields.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isParked, replicasShape } from './shared-replicas.ts';

export const statefulsetServiceMissing: Rule = {
  id: 'statefulset-service-missing',
  title: 'The service a StatefulSet names does not exist, so its pods have no DNS names.',
  needs: { 'statefulsets.apps': replicasShape, services: {} },
  *find(view) {
    for (const set of view.all('statefulsets.apps')) {
      const service = textAt(at(set.body, 'spec'), 'serviceName');
      if (service === undefined || service === '' || isParked(set) || isBeingDeleted(set)) continue;
      if (view.get('services', set.namespace, service) !== undefined) continue;
      yield {
        severity: 'warning',
        object: set,
        summary: 'its headless service does not exist',
        detail: outsideText(service),
        next: describeCall(set),
      };
    }
  },
};
