import { z } from 'zod';
import { fails, holds, type Look, unmeasured } from './look.ts';
import type { Expectation } from './predicates.ts';

/**
 * What Prometheus and Alertmanager answered, judged. An answer of another form than theirs measures nothing.
 */
type Metric = Extract<Expectation, { kind: 'metric' }>;

const sample = z.tuple([z.number(), z.string()]);
const queryAnswer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample.optional() })) }),
  ]),
});

const compare: Readonly<Record<Metric['op'], (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '==': (one, other) => one === other,
};

/** Of `/api/v1/query`: exactly one finite number, or it was not measured. */
export function judgeMetric(answer: unknown, { op, value }: Metric): Look {
  const parsed = queryAnswer.safeParse(answer);
  if (!parsed.success) return unmeasured('Prometheus gave no number for it');
  const { data } = parsed.data;
  const samples = data.resultType === 'scalar' ? [data.result] : data.result.map((one) => one.value);
  const [only, ...others] = samples;
  if (others.length > 0) return unmeasured(`it gives ${samples.length} samples, and must give one`);
  if (only === undefined) return unmeasured('it gives no sample');
  const [, text] = only;
  const found = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(found)) return unmeasured('its sample is not a finite number');
  return compare[op](found, value) ? holds(`it is ${found}`) : fails(`it is ${found}, and must be ${op} ${value}`);
}

/** As the Prometheus and Alertmanager API call it: everything that fires now, silenced or not. */
const alertList = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/**
 * Of `/api/v2/alerts`. A silenced or inhibited alert counts as one that fires: a silence keeps people from being told of it and
 * heals nothing. Alertmanager lists none that has ended.
 */
export function judgeAlerts(answer: unknown, alert: string): Look {
  const parsed = alertList.safeParse(answer);
  if (!parsed.success) return unmeasured('Alertmanager gave no list of alerts');
  const firing = parsed.data.filter(({ labels }) => labels['alertname'] === alert).length;
  // A filter that is not understood would list others, or none of these: nothing is concluded from such a list.
  if (firing < parsed.data.length) return unmeasured('Alertmanager listed alerts that were not asked for');
  return firing === 0 ? holds('it does not fire') : fails(`it fires ${firing === 1 ? 'once' : `${firing} times`}`);
}

/** A matcher of Alertmanager for exactly this name, whatever stands in it. */
export function alertFilter(alert: string): string {
  const quoted = alert.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `alertname="${quoted}"`;
}
