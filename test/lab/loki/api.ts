import { matrixAnswer, streamsAnswer, vectorAnswer } from './answers.ts';
import { runLogQuery } from './evaluate/log-query.ts';
import { prepareMetricQuery, type Sample } from './evaluate/metric-query.ts';
import { parseLogQuery, parseQuery } from './logql/parse.ts';
import type { LabelMatcher } from './logql/syntax.ts';
import { second } from './logql/units.ts';
import { QueryError } from './query-error.ts';
import { assertLines, boundsOf, directionOf, limitOf, momentOf, stepOf } from './request-parameters.ts';
import { between, type LogStore, type Stream } from './store.ts';

/** What is asked, and when. */
export interface Question {
  readonly parameters: URLSearchParams;
  /** Nanoseconds since 1970. */
  readonly now: bigint;
}

const longestRange = 721n * 3_600n * second;
const mostPoints = 11_000n;

export function queryRange(store: LogStore, { parameters, now }: Question): object {
  const bounds = boundsOf(parameters, now);
  const { start, end } = bounds;
  if (end < start) throw new QueryError('end timestamp must not be before or equal to start time');
  const limit = limitOf(parameters);
  const direction = directionOf(parameters);
  const step = stepOf(parameters, bounds);
  if ((end - start) / step > mostPoints) {
    throw new QueryError(
      'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
    );
  }
  const query = parseQuery(parameters.get('query') ?? '');
  assertRange(start, end);
  if (query.kind === 'log') {
    assertLines(limit);
    return streamsAnswer(runLogQuery(store, query, { from: start, to: end, limit, direction }));
  }
  // Steps lie on multiples of their length, the first before the start and the last behind the end.
  const first = start - (start % step);
  const last = end + ((step - (end % step)) % step);
  const evaluate = prepareMetricQuery(store, query, first, last);
  const moments: [bigint, readonly Sample[]][] = [];
  for (let at = first; at <= last; at += step) moments.push([at, evaluate(at)]);
  return matrixAnswer(moments);
}

export function queryInstant(store: LogStore, { parameters, now }: Question): object {
  const at = momentOf(parameters, 'time') ?? now;
  limitOf(parameters);
  const query = parseQuery(parameters.get('query') ?? '');
  if (query.kind === 'log') {
    throw new QueryError(
      'log queries are not supported as an instant query type, please change your query to a range query type',
    );
  }
  return vectorAnswer(prepareMetricQuery(store, query, at, at)(at), at);
}

function assertRange(start: bigint, end: bigint): void {
  if (end - start > longestRange) {
    throw new QueryError(
      `the query time range exceeds the limit (query length: ${goDuration(end - start)}, limit: 30d1h)`,
    );
  }
}

/** As Go prints a duration: `744h0m0s`. */
function goDuration(length: bigint): string {
  const seconds = length / second;
  return `${seconds / 3_600n}h${(seconds / 60n) % 60n}m${seconds % 60n}s`;
}

export function labelNames(store: LogStore, question: Question): object {
  const names = new Set(chosen(store, question).flatMap(({ labels }) => Object.keys(labels)));
  return { status: 'success', data: [...names].sort() };
}

export function labelValues(store: LogStore, name: string, question: Question): object {
  const values = new Set(chosen(store, question).flatMap(({ labels }) => labels[name] ?? []));
  // None is not an empty list: there is no list then.
  return { status: 'success', ...(values.size === 0 ? {} : { data: [...values].sort() }) };
}

export function series(store: LogStore, { parameters, now }: Question): object {
  const bounds = boundsOf(parameters, now, 6n * 3_600n * second);
  const selectors = [...parameters.getAll('match'), ...parameters.getAll('match[]')];
  const all = selectors.length === 0 ? [[]] : selectors.map(matchersOf);
  const found = new Set(all.flatMap((matchers) => within(store, matchers, bounds)));
  return { status: 'success', data: [...found].map(({ labels }) => labels) };
}

export function indexStats(store: LogStore, { parameters, now }: Question): object {
  const bounds = boundsOf(parameters, now);
  const streams = within(store, matchersOf(parameters.get('query') ?? ''), bounds);
  const sizes = streams.map(({ entries }) => {
    const inside = between(entries, bounds.start, bounds.end);
    const bytes = inside.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0);
    // Loki knows of a chunk how many whole KiB it has.
    return { entries: inside.length, bytes: Math.ceil(bytes / 1_024) * 1_024 };
  });
  const sum = (of: 'entries' | 'bytes') => sizes.reduce((total, size) => total + size[of], 0);
  return { streams: streams.length, chunks: streams.length, bytes: sum('bytes'), entries: sum('entries') };
}

/** The streams of a label question: all of the time asked for, or those a selector chooses. */
function chosen(store: LogStore, { parameters, now }: Question): readonly Stream[] {
  const bounds = boundsOf(parameters, now, 6n * 3_600n * second);
  const selector = parameters.get('query');
  return within(store, selector === null || selector === '' ? [] : matchersOf(selector), bounds);
}

function within(
  store: LogStore,
  matchers: readonly LabelMatcher[],
  { start, end }: { readonly start: bigint; readonly end: bigint },
): readonly Stream[] {
  return store.streams(matchers).filter(({ entries }) => between(entries, start, end).length > 0);
}

function matchersOf(selector: string): readonly LabelMatcher[] {
  const { matchers, stages } = parseLogQuery(selector);
  if (stages.length > 0) throw new QueryError('only label matchers are supported');
  return matchers;
}
