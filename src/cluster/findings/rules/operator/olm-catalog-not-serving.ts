import { at, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const olmCatalogNotServing: Rule = {
  id: 'olm-catalog-not-serving',
  title:
    'An OLM ClusterCatalog that does not serve its content, or can no longer fetch it. One switched off is left alone.',
  needs: {
    'clustercatalogs.olm.operatorframework.io': { spec: { availabilityMode: true }, status: { conditions: true } },
  },
  *find(view) {
    for (const catalog of view.all('clustercatalogs.olm.operatorframework.io')) {
      if (textAt(at(catalog.body, 'spec'), 'availabilityMode') === 'Unavailable') continue;
      const conditions = conditionsOf(catalog);
      const unserved = conditions.find(({ type, status }) => type === 'Serving' && status === 'False');
      const stuck = conditions.find(
        ({ type, status, reason }) =>
          type === 'Progressing' && (reason === 'Retrying' || (status === 'False' && reason === 'Blocked')),
      );
      if (unserved === undefined && stuck === undefined) continue;
      const telling = stuck ?? unserved;
      yield {
        severity: 'warning',
        object: catalog,
        summary:
          unserved === undefined
            ? 'it serves old content: it cannot fetch the new'
            : 'it serves nothing to install from',
        detail: outsideText(telling?.reason, telling?.message),
        since: telling?.since,
        next: describeCall(catalog),
      };
    }
  },
};
