import type { Check } from '../port.ts';
import { found, placeOf, samplesOf, unknown } from '../results.ts';

const query = 'abs(node_timex_offset_seconds)';
const [wrong, drifting] = [1, 0.1];

export const clocks: Check = {
  id: 'clocks',
  title: 'Clocks of the hosts agree',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query);
    if (samples.length === 0) return unknown('no host tells how far off its clock is (node_exporter, timex)');
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map((sample) => `${placeOf(sample, 'instance')} is off by ${sample.value.toFixed(2)} s`);
    return found(
      { fail: told(wrong, Number.POSITIVE_INFINITY), warn: told(drifting, wrong) },
      `${samples.length} hosts within ${drifting} s`,
    );
  },
};
