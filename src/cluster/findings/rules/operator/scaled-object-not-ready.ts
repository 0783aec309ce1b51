import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const kinds = ['scaledobjects.keda.sh', 'scaledjobs.keda.sh'];

export const scaledObjectNotReady: Rule = {
  id: 'scaled-object-not-ready',
  title:
    'A KEDA ScaledObject or ScaledJob that does not scale, or that runs on its fallback. A paused one is left alone.',
  needs: Object.fromEntries(kinds.map((kindId) => [kindId, { status: { conditions: true } }])),
  *find(view) {
    for (const object of kinds.flatMap((kindId) => view.all(kindId))) {
      const conditions = conditionsOf(object);
      if (conditions.some(({ type, status }) => type === 'Paused' && status === 'True')) continue;
      const unready = conditions.find(({ type, status }) => type === 'Ready' && status === 'False');
      const fallback = conditions.find(({ type, status }) => type === 'Fallback' && status === 'True');
      const telling = unready ?? fallback;
      if (telling === undefined) continue;
      yield {
        severity: 'warning',
        object,
        summary:
          unready === undefined ? 'its source does not answer: it keeps its fallback replicas' : 'it does not scale',
        detail: outsideText(telling.reason, telling.message),
        since: telling.since,
        next: describeCall(object),
      };
    }
  },
};
