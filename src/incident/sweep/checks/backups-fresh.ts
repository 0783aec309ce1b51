import type { Check } from '../port.ts';
import { found, placeOf, samplesOf, unknown } from '../results.ts';

/** Hours since each last succeeded: a metric of backups themselves, and of jobs that push one. */
const query =
  '(time() - backup_last_success_timestamp_seconds) / 3600 or (time() - push_time_seconds{job=~".*(backup|sync|dump).*"}) / 3600';
const [lost, late] = [24 * 7, 26];

export const backupsFresh: Check = {
  id: 'backups-fresh',
  title: 'Backups succeeded lately',
  needs: ['metrics'],
  queries: [query],
  look(sight) {
    const samples = samplesOf(sight, query).toSorted((a, b) => b.value - a.value);
    if (samples.length === 0) return unknown('no backup tells when it last succeeded');
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map(
          (sample) =>
            `${placeOf(sample, sample.labels['backup'] === undefined ? 'job' : 'backup')}: ${Math.floor(sample.value)} h ago`,
        );
    return found(
      { fail: told(lost, Number.POSITIVE_INFINITY), warn: told(late, lost) },
      `${samples.length} backups, the oldest ${Math.floor(samples[0]?.value ?? 0)} h old`,
    );
  },
};
