import type { Check } from '../port.ts';
import { found, percent, placeOf, samplesOf, unknown } from '../results.ts';

/** Share of the time in which something waited for the disk, over five minutes. */
const query = 'rate(node_pressure_io_waiting_seconds_total[5m])';
const [stuck, slow] = [0.8, 0.4];

export const pressure: Check = {
  id: 'pressure',
  title: 'Hosts do not wait for their disks',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query);
    if (samples.length === 0) return unknown('no host tells how long it waits for its disks (node_exporter, pressure)');
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map((sample) => `${placeOf(sample, 'instance')} waits ${percent(sample.value)} of the time`);
    return found({ fail: told(stuck, Number.POSITIVE_INFINITY), warn: told(slow, stuck) }, `${samples.length} hosts`);
  },
};
