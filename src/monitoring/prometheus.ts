import { z } from 'zod';
import type { CastellanError } from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { daySeconds } from './duration.ts';
import { assertNoGuess, inShownOrder, shownLabels } from './guard.ts';
import { invalid, tooWide } from './matcher.ts';
import type { AlertRule, Metrics, RangeAnswer, RangeQuery, Sample } from './port.ts';
import { problemOf } from './problem.ts';
import { boundedPromql } from './promql.ts';
import { ask, isReady } from './reply.ts';
import { Sender, type ServerAddress } from './sender.ts';

export interface Deps {
  readonly redactor: Redactor;
}

/** Of one answer. */
const mostSeries = 200;
const mostPoints = 300;
const longestDays = 31;

/** What one server takes upon itself for one query: less than we wait for. */
const serverSeconds = '9s';

const labels = z.record(z.string().max(300), z.string());
const point = z.tuple([z.number(), z.string().max(50)]);

const vectors = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: point.optional() })),
  }),
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.unknown()) }),
  z.object({ resultType: z.literal('string'), result: z.unknown() }),
]);

const matrices = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(point).max(1_000).default([]) })),
});

const groups = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          type: z.string(),
          name: z.string(),
          query: z.string().default(''),
          duration: z.number().default(0),
          state: z
            .enum(['firing', 'pending', 'inactive'])
            .or(z.string().transform(() => 'unknown' as const))
            .default('unknown'),
          health: z
            .enum(['ok', 'err'])
            .or(z.string().transform(() => 'unknown' as const))
            .default('unknown'),
          labels: labels.default({}),
        }),
      ),
    }),
  ),
});

/** Throws `monitoring-config-invalid`; a server that is away is told by each question. */
export async function connectPrometheus(
  address: ServerAddress,
  { redactor }: Deps,
): Promise<Metrics & AsyncDisposable> {
  const sender = await Sender.open({ ...address, name: 'prometheus' });
  const valuesOf = async (label: string, signal: AbortSignal): Promise<readonly string[]> => {
    const path = ['api', 'v1', 'label', label, 'values'];
    const { data, partial } = await ask(sender, path, { data: z.array(z.string()) }, signal);
    // What it did not say of its labels cannot be judged.
    if (partial) throw sender.failure('monitoring-failing', 'could not name all values of a label', 'ask again later');
    return data;
  };
  const guarded = async (text: string, signal: AbortSignal): Promise<string> => {
    const { query, matchers } = boundedPromql(text);
    await assertNoGuess(matchers, { redactor, valuesOf }, signal);
    return query;
  };
  return {
    async instant(text, at, signal) {
      const query = await guarded(text, signal);
      const parameters = { query, time: seconds(at), timeout: serverSeconds };
      const { data } = await ask(sender, ['api', 'v1', 'query'], { parameters, data: vectors }, signal);
      return samplesOf(data, redactor);
    },
    async range(asked, signal) {
      const step = stepOf(asked);
      const query = await guarded(asked.query, signal);
      const parameters = {
        query,
        start: seconds(firstStep(asked, step)),
        end: seconds(asked.to),
        step: String(step),
        timeout: serverSeconds,
      };
      const { data, partial } = await ask(sender, ['api', 'v1', 'query_range'], { parameters, data: matrices }, signal);
      return seriesOf(data.result, partial, redactor);
    },
    async rules(signal) {
      const parameters = { type: 'alert' };
      const { data } = await ask(sender, ['api', 'v1', 'rules'], { parameters, data: groups }, signal);
      return data.groups.flatMap((group) => rulesOf(group, redactor));
    },
    async health(signal) {
      const ready = await isReady(sender, ['-', 'ready'], signal);
      const data = z.object({ version: z.string().max(100).optional() });
      const reply = ready ? await ask(sender, ['api', 'v1', 'status', 'buildinfo'], { data }, signal) : undefined;
      return { ready, version: versionText(reply?.data.version) };
    },
    problemIn: (query) => problemOf(() => boundedPromql(query)),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

/** Whole seconds; so that a series has at most 300 points. Throws `query-invalid`, `query-too-wide`. */
export function stepOf({ from, to, step }: RangeQuery): number {
  const span = (to.getTime() - from.getTime()) / 1_000;
  if (!(span >= 0)) throw invalid('begins after it ends', 'give a time that begins before it ends');
  if (span > longestDays * daySeconds) throw tooWide(`is over more than ${longestDays} days`, 'ask for less time');
  const least = Math.max(1, Math.ceil(span / (mostPoints - 1)));
  if (step === undefined) return least;
  if (!(step > 0)) throw invalid('has a step that is no length of time', 'give a step in seconds');
  return Math.max(least, Math.round(step));
}

/** Steps are counted back from the end: of a long time the last may otherwise lie hours before it, and what is new is not seen. */
function firstStep({ from, to }: RangeQuery, step: number): Date {
  const steps = Math.floor((to.getTime() - from.getTime()) / 1_000 / step);
  return new Date(to.getTime() - steps * step * 1_000);
}

function samplesOf(data: z.output<typeof vectors>, redactor: Redactor): readonly Sample[] {
  if (data.resultType === 'scalar') return [{ labels: {}, ...measured(data.result) }];
  if (data.resultType === 'matrix' || data.resultType === 'string') throw notInstant();
  const samples = data.result.flatMap(({ metric, value }): readonly Sample[] =>
    value === undefined ? [] : [{ labels: shownLabels(metric, redactor), ...measured(value) }],
  );
  if (samples.length > mostSeries * 10) throw tooWide('has too many series', 'aggregate, or match more labels');
  return inShownOrder(samples);
}

function notInstant(): CastellanError {
  return invalid('gives a range or a text where one moment was asked for', 'ask for a value: rate(…[5m]), or 1');
}

function seriesOf(result: z.output<typeof matrices>['result'], partial: boolean, redactor: Redactor): RangeAnswer {
  const all = inShownOrder(
    result.map(({ metric, values }) => ({
      labels: shownLabels(metric, redactor),
      points: values.map((one): readonly [Date, number] => {
        const { at, value } = measured(one);
        return [at, value];
      }),
    })),
  );
  return { series: all.slice(0, mostSeries), truncated: partial || all.length > mostSeries };
}

function rulesOf(
  { name: group, rules }: z.output<typeof groups>['groups'][number],
  redactor: Redactor,
): readonly AlertRule[] {
  const shown = (text: string): string => redactor.text(text).text;
  return rules
    .filter(({ type }) => type === 'alerting')
    .map(({ name, query, duration, state, health, labels: own }) => ({
      name: shown(name),
      group: shown(group),
      query: shown(query),
      forSeconds: duration,
      state,
      health,
      labels: shownLabels(own, redactor),
    }));
}

function measured([at, value]: z.output<typeof point>): { readonly at: Date; readonly value: number } {
  return { at: new Date(at * 1_000), value: numberOf(value) };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function seconds(moment: Date): string {
  return String(moment.getTime() / 1_000);
}

/** Somebody else's word, but one that is a version or nothing. */
export function versionText(version: string | undefined): string | undefined {
  return version !== undefined && /^[\w.+-]{1,60}$/.test(version) ? version : undefined;
}
