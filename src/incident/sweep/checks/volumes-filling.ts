import type { Check } from '../port.ts';
import { found, percent, placeOf, samplesOf, unknown } from '../results.ts';

const query =
  'max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes)';
const [full, filling] = [0.97, 0.9];

export const volumesFilling: Check = {
  id: 'volumes-filling',
  title: 'Volumes have room',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query).toSorted((a, b) => b.value - a.value);
    if (samples.length === 0) return unknown('no kubelet tells how full its volumes are');
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map((sample) => `${placeOf(sample, 'namespace', 'persistentvolumeclaim')} is ${percent(sample.value)} full`);
    return found(
      { fail: told(full, Number.POSITIVE_INFINITY), warn: told(filling, full) },
      `${samples.length} volumes, at most ${percent(samples[0]?.value ?? 0)} full`,
    );
  },
};
