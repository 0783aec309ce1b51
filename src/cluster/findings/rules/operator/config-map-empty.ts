import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isEmpty, plainConfigMaps } from './shared-config-map.ts';

export const configMapEmpty: Rule = {
  id: 'config-map-empty',
  title: 'A ConfigMap without a single key. Locks, and those of the cluster and of operators, are left alone.',
  needs: { configmaps: { metadata: { labels: true, annotations: true }, data: true, binaryData: true } },
  *find(view) {
    for (const map of plainConfigMaps(view)) {
      if (!isEmpty(map)) continue;
      yield { severity: 'notice', object: map, summary: 'it holds nothing', next: describeCall(map) };
    }
  },
};
