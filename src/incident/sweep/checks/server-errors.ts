import type { Check } from '../port.ts';
import { found, percent, placeOf, samplesOf, unknown } from '../results.ts';

const measured = 'count(traefik_service_requests_total)';
const query =
  'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[10m])) / sum by (service) (rate(traefik_service_requests_total[10m]))';
const [failing, noisy] = [0.25, 0.05];

export const serverErrors: Check = {
  id: 'server-errors',
  title: 'The proxy passes few errors on',
  needs: ['metrics'],
  queries: [measured, query],
  look(sight) {
    if (samplesOf(sight, measured).length === 0)
      return unknown('no proxy counts its requests (traefik_service_requests_total)');
    // A service nobody asked has no share.
    const samples = samplesOf(sight, query).filter(({ value }) => !Number.isNaN(value));
    const told = (least: number, below: number): readonly string[] =>
      samples
        .filter(({ value }) => value >= least && value < below)
        .map((sample) => `${placeOf(sample, 'service')} answers ${percent(sample.value)} of requests with an error`);
    return found(
      { fail: told(failing, Number.POSITIVE_INFINITY), warn: told(noisy, failing) },
      `${samples.length} services asked in ten minutes`,
    );
  },
};
