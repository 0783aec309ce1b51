import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { sizeOf } from './shared-config-map.ts';

/** The API server takes no object above a megabyte or so. */
const hugeBytes = 900_000;

export const configMapHuge: Rule = {
  id: 'config-map-huge',
  title: 'A ConfigMap close to the megabyte the API server takes at most.',
  needs: { configmaps: { metadata: { labels: true, annotations: true }, data: true, binaryData: true } },
  *find(view) {
    for (const map of view.all('configmaps')) {
      const size = sizeOf(map);
      if (size < hugeBytes) continue;
      yield {
        severity: 'notice',
        object: map,
        summary: `it holds ${Math.floor(size / 1_000)} kB of the 1048 kB it may`,
        next: describeCall(map),
      };
    }
  },
};
