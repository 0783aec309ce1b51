import type { Check } from '../port.ts';
import { found, percent, placeOf, samplesOf, unknown } from '../results.ts';

/** Of real file systems; what is used, not what the kubelet reserves. */
const query =
  '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs|iso9660"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs|iso9660"}';
const [full, filling] = [0.95, 0.85];

export const nodeDisks: Check = {
  id: 'node-disks',
  title: 'Disks of the hosts have room',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query).toSorted((a, b) => b.value - a.value);
    if (samples.length === 0) return unknown('no host tells how full its disks are (node_exporter)');
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map(
          (sample) =>
            `${placeOf(sample, 'instance')} ${sample.labels['mountpoint'] ?? ''} is ${percent(sample.value)} full`,
        );
    return found(
      { fail: told(full, Number.POSITIVE_INFINITY), warn: told(filling, full) },
      `${samples.length} file systems, at most ${percent(samples[0]?.value ?? 0)} full`,
    );
  },
};
