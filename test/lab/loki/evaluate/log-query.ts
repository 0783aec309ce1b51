import { type Labels, renderLabels } from '../labels.ts';
import type { LogQuery } from '../logql/syntax.ts';
import { between, type LogStore } from '../store.ts';
import { runStages } from './pipeline.ts';

export interface LogWindow {
  /** Nanoseconds: from included, to excluded. */
  readonly from: bigint;
  readonly to: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
}

export interface LogStream {
  readonly labels: Labels;
  readonly values: readonly (readonly [time: bigint, line: string])[];
}

interface Found {
  readonly time: bigint;
  readonly line: string;
  readonly labels: Labels;
}

/** The newest (or oldest) lines over all streams, gathered by their labels. */
export function runLogQuery(store: LogStore, query: LogQuery, window: LogWindow): readonly LogStream[] {
  const forward = window.direction === 'forward';
  const found: Found[] = [];
  for (const stream of store.streams(query.matchers)) {
    let left = window.limit;
    const entries = between(stream.entries, window.from, window.to);
    // No stream can give more than the limit, and the lines at this end of it are the ones that count.
    for (const { time, line } of forward ? entries : entries.toReversed()) {
      const labels = runStages(query.stages, line, stream.labels);
      if (labels === undefined) continue;
      found.push({ time, line, labels });
      if (--left === 0) break;
    }
  }
  found.sort((a, b) => (a.time === b.time ? 0 : a.time < b.time === forward ? -1 : 1));
  return gather(found.slice(0, window.limit));
}

function gather(found: readonly Found[]): readonly LogStream[] {
  const streams = new Map<string, { labels: Labels; values: [bigint, string][] }>();
  for (const { time, line, labels } of found) {
    const key = renderLabels(labels);
    const stream = streams.get(key) ?? { labels, values: [] };
    streams.set(key, stream);
    stream.values.push([time, line]);
  }
  return [...streams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stream]) => stream);
}
