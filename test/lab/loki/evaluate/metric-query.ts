import { compareLabels, type Labels, renderLabels } from '../labels.ts';
import type { MetricQuery, RangeAggregation, VectorAggregation } from '../logql/syntax.ts';
import { second } from '../logql/units.ts';
import { QueryError } from '../query-error.ts';
import { between, type LogStore } from '../store.ts';
import { calculate } from './arithmetic.ts';
import { runStages } from './pipeline.ts';

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a query comes to at one moment. Lines are read once for all moments of a range query. */
export type Evaluator = (at: bigint) => readonly Sample[];

/** `from` and `to` are the first and the last moment that will be asked for, in nanoseconds. */
export function prepareMetricQuery(store: LogStore, query: MetricQuery, from: bigint, to: bigint): Evaluator {
  switch (query.kind) {
    case 'range':
      return prepareRange(store, withoutIdleParsers(query, undefined), from, to, false);
    case 'calculated': {
      const inner = prepareMetricQuery(store, query.of, from, to);
      return (at) =>
        inner(at).flatMap(({ labels, value }) => {
          const result = calculate(value, query.calculations);
          return result === undefined ? [] : [{ labels, value: result }];
        });
    }
    case 'vector': {
      const { of } = query;
      const inner =
        of.kind === 'range'
          ? prepareRange(store, withoutIdleParsers(of, query), from, to, asksForErrors(query))
          : prepareMetricQuery(store, of, from, to);
      return (at) => aggregate(query, inner(at));
    }
  }
}

/**
 * A sum over everything, and the question whether there is anything, ask for none of the fields of the lines: parsers that no
 * filter depends on do not run, and lines they could not read are counted like any other.
 */
function withoutIdleParsers(of: RangeAggregation, around: VectorAggregation | undefined): RangeAggregation {
  const { operation, grouping } = around ?? {};
  const sumOfAll = operation === 'sum' && grouping?.without === false && grouping.labels.length === 0;
  if (!sumOfAll && of.operation !== 'absent_over_time') return of;
  const { stages } = of.of;
  const needed = stages.findLastIndex(({ kind }) => kind === 'label');
  const running = stages.filter(({ kind }, index) => kind === 'line' || index <= needed);
  return { ...of, of: { ...of.of, stages: running } };
}

function asksForErrors({ operation, grouping }: VectorAggregation): boolean {
  return operation === 'sum' && !grouping.without && grouping.labels.includes('__error__');
}

interface Series {
  readonly labels: Labels;
  /** Oldest first. */
  readonly points: Point[];
}

interface Point {
  readonly time: bigint;
  readonly size: number;
}

/** Lines that a stage could not deal with make the query fail, unless `withErrors`. */
function prepareRange(
  store: LogStore,
  query: RangeAggregation,
  from: bigint,
  to: bigint,
  withErrors: boolean,
): Evaluator {
  const { range, offset, operation, of } = query;
  const all = new Map<string, Series>();
  for (const stream of store.streams(of.matchers)) {
    for (const { time, line } of between(stream.entries, from - offset - range + 1n, to - offset + 1n)) {
      const labels = runStages(of.stages, line, stream.labels);
      if (labels === undefined) continue;
      const key = renderLabels(labels);
      const series = all.get(key) ?? { labels, points: [] };
      all.set(key, series);
      series.points.push({ time, size: Buffer.byteLength(line) });
    }
  }
  const sorted = [...all.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  // Two streams can come to the same labels: their lines lie one behind the other.
  for (const { points } of sorted) points.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return (at) => {
    // The moment itself belongs to it, the one a whole range earlier does not.
    const end = at - offset;
    const samples = sorted.flatMap(({ labels, points }) => {
      const inside = between(points, end - range + 1n, end + 1n);
      const [first] = inside;
      return first === undefined ? [] : [{ labels, since: first.time, value: measure(operation, inside, range) }];
    });
    const failed = samples.filter(({ labels }) => labels['__error__'] !== undefined);
    const [earliest] = failed.sort((a, b) => (a.since < b.since ? -1 : 1));
    if (!withErrors && earliest !== undefined) throw new QueryError(pipelineError(earliest.labels));
    if (operation !== 'absent_over_time') return samples;
    return samples.length > 0 ? [] : [{ labels: equalities(query), value: 1 }];
  };
}

function measure(operation: RangeAggregation['operation'], points: readonly Point[], range: bigint): number {
  const seconds = Number(range) / Number(second);
  const bytes = () => points.reduce((sum, { size }) => sum + size, 0);
  switch (operation) {
    case 'rate':
      return points.length / seconds;
    case 'bytes_over_time':
      return bytes();
    case 'bytes_rate':
      return bytes() / seconds;
    default:
      return points.length;
  }
}

function equalities({ of }: RangeAggregation): Labels {
  return Object.fromEntries(
    of.matchers.filter(({ op, value }) => op === '=' && value !== '').map(({ name, value }) => [name, value]),
  );
}

function pipelineError(labels: Labels): string {
  const kind = labels['__error__'] ?? '';
  return (
    `pipeline error: '${kind}' for series: '${renderLabels(labels)}'.\n` +
    'Use a label filter to intentionally skip this error. (e.g | __error__!="' +
    `${kind}").\n` +
    'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
    'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
  );
}

function aggregate(query: VectorAggregation, samples: readonly Sample[]): readonly Sample[] {
  const groups = new Map<string, { labels: Labels; members: Sample[] }>();
  for (const sample of samples) {
    const labels = groupLabels(query.grouping, sample.labels);
    const key = renderLabels(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    groups.set(key, group);
    group.members.push(sample);
  }
  const sorted = [...groups.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  return sorted.flatMap(({ labels, members }) => {
    const { operation, count } = query;
    if (operation === 'topk') return members.sort((a, b) => b.value - a.value).slice(0, count);
    if (operation === 'bottomk') return members.sort((a, b) => b.value - a.value).slice(-count);
    return [{ labels, value: combine(operation, members) }];
  });
}

function combine(operation: VectorAggregation['operation'], members: readonly Sample[]): number {
  const values = members.map(({ value }) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  switch (operation) {
    case 'avg':
      return sum / values.length;
    case 'min':
      return values.reduce((least, value) => Math.min(least, value));
    case 'max':
      return values.reduce((most, value) => Math.max(most, value));
    case 'count':
      return values.length;
    default:
      return sum;
  }
}

function groupLabels({ without, labels }: VectorAggregation['grouping'], of: Labels): Labels {
  const kept = Object.entries(of).filter(([name, value]) => labels.includes(name) !== without && value !== '');
  return Object.fromEntries(kept);
}
