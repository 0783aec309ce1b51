import type { LogStream } from './evaluate/log-query.ts';
import type { Sample } from './evaluate/metric-query.ts';
import { compareLabels, type Labels, renderLabels, sortedLabels } from './labels.ts';
import { second } from './logql/units.ts';

/** The bodies of answers, in the shapes Loki gives them. */

export function streamsAnswer(streams: readonly LogStream[]): object {
  return success(
    'streams',
    streams.map(({ labels, values }) => ({
      stream: sortedLabels(labels),
      values: values.map(([time, line]) => [String(time), line]),
    })),
    streams.reduce((lines, { values }) => lines + values.length, 0),
  );
}

export function vectorAnswer(samples: readonly Sample[], at: bigint): object {
  return success(
    'vector',
    samples.map(({ labels, value }) => ({
      metric: sortedLabels(labels),
      value: [seconds(at), number(value)],
    })),
    samples.length,
  );
}

export function matrixAnswer(moments: readonly (readonly [bigint, readonly Sample[]])[]): object {
  const series = new Map<string, { metric: Labels; values: [number, string][] }>();
  for (const [at, samples] of moments) {
    for (const { labels, value } of samples) {
      const key = renderLabels(labels);
      const one = series.get(key) ?? { metric: sortedLabels(labels), values: [] };
      series.set(key, one);
      one.values.push([seconds(at), number(value)]);
    }
  }
  const sorted = [...series.values()].sort((a, b) => compareLabels(a.metric, b.metric));
  return success('matrix', sorted, sorted.length);
}

function success(resultType: string, result: readonly object[], entries: number): object {
  return { status: 'success', data: { resultType, result, stats: stats(entries) } };
}

/** The summary only, and of it only what is known: the stand-in measures nothing. */
function stats(entries: number): object {
  return {
    summary: {
      bytesProcessedPerSecond: 0,
      linesProcessedPerSecond: 0,
      totalBytesProcessed: 0,
      totalLinesProcessed: 0,
      execTime: 0,
      queueTime: 0,
      subqueries: 0,
      totalEntriesReturned: entries,
      splits: 0,
      shards: 0,
    },
  };
}

function seconds(at: bigint): number {
  return Number(at / 1_000_000n) / Number(second / 1_000_000n);
}

function number(value: number): string {
  return String(value);
}
