import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const kinds = ['issuers.cert-manager.io', 'clusterissuers.cert-manager.io'];

export const issuerNotReady: Rule = {
  id: 'issuer-not-ready',
  title: 'A cert-manager issuer that is not ready: nothing it signs can be issued or renewed.',
  needs: Object.fromEntries(kinds.map((kindId) => [kindId, { status: { conditions: true } }])),
  *find(view) {
    for (const issuer of kinds.flatMap((kindId) => view.all(kindId))) {
      const ready = conditionsOf(issuer).find(({ type }) => type === 'Ready');
      if (ready?.status !== 'False') continue;
      yield {
        severity: 'warning',
        object: issuer,
        summary: 'not ready: no certificate of it can be issued or renewed',
        detail: outsideText(ready.reason, ready.message),
        since: ready.since,
        next: describeCall(issuer),
      };
    }
  },
};
