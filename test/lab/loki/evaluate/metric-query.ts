import { type Labels, renderLabels } from '../labels.ts';
import type { MetricQuery, RangeAggregation, VectorAggregation } from '../logql/syntax.ts';
import { second } from '../logql/units.ts';
import { QueryError } from '../query-error.ts';
import { between, type LogStore } from '../store.ts';
import { runStages } from './pipeline.ts';

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a query comes to at one moment. Lines are read once for all moments of a range query. */
export type Evaluator = (at: bigint) => readonly Sample[];

/** `from` and `to` are the first and the last moment that will be asked for, in nanoseconds. */
export function prepareMetricQuery(store: LogStore, query: MetricQuery, from: bigint, to: bigint): Evaluator {
  if (query.kind === 'range') return prepareRange(store, query, from, to);
  const inner = prepareMetricQuery(store, query.of, from, to);
  return (at) => aggregate(query, inner(at));
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

function prepareRange(store: LogStore, query: RangeAggregation, from: bigint, to: bigint): Evaluator {
  const { range, offset, operation, of } = query;
  const all = new Map<string, Series>();
  for (const stream of store.streams(of.matchers)) {
    for (const { time, line } of between(stream.entries, from - offset - range + 1n, to - offset + 1n)) {
      const labels = runStages(of.stages, line, stream.labels);
      if (labels === undefined) continue;
      if (labels['__error__'] !== undefined) throw new QueryError(pipelineError(labels));
      const key = renderLabels(labels);
      const series = all.get(key) ?? { labels, points: [] };
      all.set(key, series);
      series.points.push({ time, size: Buffer.byteLength(line) });
    }
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
  // Two streams can come to the same labels: their lines lie one behind the other.
  for (const { points } of sorted) points.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return (at) => {
    // The moment itself belongs to it, the one a whole range earlier does not.
    const end = at - offset;
    const samples = sorted.flatMap(({ labels, points }) => {
      const inside = between(points, end - range + 1n, end + 1n);
      return inside.length === 0 ? [] : [{ labels, value: measure(operation, inside, range) }];
    });
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
  return Object.fromEntries(of.matchers.filter(({ op }) => op === '=').map(({ name, value }) => [name, value]));
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
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return sorted.flatMap(({ labels, members }) => {
    const { operation, count } = query;
    if (operation === 'topk') return members.sort((a, b) => b.value - a.value).slice(0, count);
    if (operation === 'bottomk') return members.sort((a, b) => a.value - b.value).slice(0, count);
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
  return Object.fromEntries(Object.entries(of).filter(([name]) => labels.includes(name) !== without));
}
