import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const olmExtensionNotInstalled: Rule = {
  id: 'olm-extension-not-installed',
  title: 'An OLM ClusterExtension that is not installed, cannot go on, or uses something its author has withdrawn.',
  needs: { 'clusterextensions.olm.operatorframework.io': { status: { conditions: true } } },
  *find(view) {
    for (const extension of view.all('clusterextensions.olm.operatorframework.io')) {
      const conditions = conditionsOf(extension);
      const missing = conditions.some(({ type, status }) => type === 'Installed' && status === 'False');
      const stuck = conditions.find(
        ({ type, status, reason }) =>
          type === 'Progressing' && (reason === 'Retrying' || (status === 'False' && reason === 'Blocked')),
      );
      const withdrawn = conditions.find(({ type, status }) => type === 'Deprecated' && status === 'True');
      // Not installed and on its way is no fault.
      const telling = stuck ?? withdrawn;
      if (telling === undefined) continue;
      yield {
        severity: stuck === undefined ? 'notice' : missing ? 'critical' : 'warning',
        object: extension,
        summary:
          stuck === undefined
            ? 'its author has withdrawn the version, channel or package it uses'
            : missing
              ? 'it cannot be installed'
              : 'it cannot be updated',
        detail: outsideText(telling.reason, telling.message),
        since: telling.since,
        next: describeCall(extension),
      };
    }
  },
};
