import { counted } from '../../cluster/index.ts';
import type { VerifyPredicate } from '../action.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'metric' }>;

const holds: Readonly<Record<Wanted['op'], (sample: number, value: number) => boolean>> = {
  '<': (sample, value) => sample < value,
  '<=': (sample, value) => sample <= value,
  '>': (sample, value) => sample > value,
  '>=': (sample, value) => sample >= value,
  '==': (sample, value) => sample === value,
};

/** No sample is an answer: nothing there measures it. One that is no number is none. */
export async function seeMetric({ query, op, value }: Wanted, { ports, signal, now }: Looking): Promise<Seen> {
  if (ports.metrics === undefined) return unknown('no Prometheus is configured');
  const metrics = await ports.metrics();
  if (metrics.problemIn(query) !== undefined) return unknown('the query is no PromQL');
  const samples = await metrics.instant(query, now, signal);
  if (samples.length === 0) return fail('the query gives no sample');
  if (samples.some((sample) => Number.isNaN(sample.value))) return unknown('a sample is no number');
  const missed = samples.filter((sample) => !holds[op](sample.value, value));
  if (missed.length > 0) return fail(`${missed.length} of ${counted(samples.length, 'sample')} not ${op} ${value}`);
  return pass(`${counted(samples.length, 'sample')}, ${op} ${value}`);
}
