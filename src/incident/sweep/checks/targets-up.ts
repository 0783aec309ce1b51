import type { Check } from '../port.ts';
import { found, placeOf, samplesOf, unknown } from '../results.ts';

const query = 'up';

export const targetsUp: Check = {
  id: 'targets-up',
  title: 'What Prometheus measures can be measured',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query);
    if (samples.length === 0) return unknown('Prometheus has no targets: nothing is measured');
    const down = samples
      .filter(({ value }) => value !== 1)
      .map((sample) => `${placeOf(sample, 'job', 'instance')} cannot be scraped`);
    return found({ fail: down }, `${samples.length} targets`);
  },
};
