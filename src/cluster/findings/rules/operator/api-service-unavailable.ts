import { at, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { nameText, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const apiServiceUnavailable: Rule = {
  id: 'api-service-unavailable',
  title:
    'A part of the API that another server should answer, and does not: its kinds cannot be read, and namespaces hang while they are deleted.',
  needs: { 'apiservices.apiregistration.k8s.io': { spec: { service: true }, status: { conditions: true } } },
  *find(view) {
    for (const service of view.all('apiservices.apiregistration.k8s.io')) {
      const available = conditionsOf(service).find(({ type }) => type === 'Available');
      if (available?.status !== 'False') continue;
      const behind = at(service.body, 'spec', 'service');
      const place = `${nameText(textAt(behind, 'namespace'))}/${nameText(textAt(behind, 'name'))}`;
      yield {
        severity: 'critical',
        object: service,
        summary: behind === undefined ? 'not available' : `not available: Service ${place} does not answer for it`,
        detail: outsideText(available.reason, available.message),
        since: available.since,
        next: describeCall(service),
      };
    }
  },
};
