import type { Check } from '../port.ts';
import { found, placeOf, samplesOf, unknown } from '../results.ts';

/** Children of a container's process too, which no restart shows. The first says whether it is measured at all. */
const measured = 'count(container_oom_events_total)';
const query = 'sum by (namespace, pod, container) (increase(container_oom_events_total[24h])) > 0';

export const killedForMemory: Check = {
  id: 'killed-for-memory',
  title: 'Nothing was killed for want of memory in the last day',
  needs: ['metrics'],
  queries: [measured, query],
  look(sight) {
    if (samplesOf(sight, measured).length === 0)
      return unknown('no kubelet counts what is killed for memory (container_oom_events_total)');
    const killed = samplesOf(sight, query).map(
      (sample) => `${placeOf(sample, 'namespace', 'pod', 'container')}: ${Math.ceil(sample.value)} times`,
    );
    return found({ warn: killed }, 'none');
  },
};
