import { oneLine } from '../../kit/index.ts';
import type { RangeAnswer } from '../../monitoring/port.ts';
import { invalid, type Line, reached, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp } from './time.ts';

/**
 * A range query of Prometheus over the window. A series is a line with its ends and its extremes, and a line with its points.
 *
 *  query   PromQL
 *  limit   rows: two for each series, its highest and its lowest point
 */
export const metricsSource = ({ metrics }: SourcePorts): SourceDefinition => ({
  name: 'metrics',
  missing: metrics === undefined ? 'no Prometheus is configured' : undefined,
  asks({ query }) {
    if (query === undefined) throw invalid('metrics need a query', 'give PromQL as query');
    return { query: `PromQL ${query}` };
  },
  async look({ query = '', window, until, signal }) {
    const port = await reached(metrics, 'Prometheus');
    const problem = port.problemIn(query);
    if (problem !== undefined) throw invalid(`the query is not PromQL: ${problem}`, 'correct it; metrics take PromQL');
    const { series, truncated } = await port.range({ query, from: window.from, to: until }, signal);
    const shown = series.slice(0, mostSeries);
    return {
      lines: shown.flatMap(linesOf),
      truncated: truncated || series.length > mostSeries,
      notes: series.length > mostSeries ? [`${mostSeries} of ${series.length} series`] : [],
    };
  },
});

const mostSeries = 50;
const mostPoints = 60;

type Series = RangeAnswer['series'][number];
type Point = Series['points'][number];

function linesOf({ labels, points }: Series): readonly Line[] {
  const numbers = points.filter(([, value]) => Number.isFinite(value));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const name = oneLine(seriesText(labels), 300);
  const highest = numbers.reduce<Point | undefined>(
    (most, one) => (most === undefined || one[1] > most[1] ? one : most),
    undefined,
  );
  const lowest = numbers.reduce<Point | undefined>(
    (least, one) => (least === undefined || one[1] < least[1] ? one : least),
    undefined,
  );
  const precision = stepOf(points) >= 60_000 ? 'minute' : 'second';
  const told = (what: string, point: Point | undefined): Line[] => {
    if (point === undefined) return [];
    const text = `${name}: ${what} ${pointText(point)}`;
    return [
      { text, row: { at: point[0], precision, text: `${what} ${valueText(point[1])}`, about: name, quote: text } },
    ];
  };
  const ends = { text: `${name}: first ${pointText(first)}, last ${pointText(last)}, ${points.length} points` };
  const extremes =
    highest?.[1] === lowest?.[1] ? told('always', highest) : [...told('highest', highest), ...told('lowest', lowest)];
  return [ends, ...extremes, { text: `  ${thinned(points).map(pointText).join('  ')}` }];
}

export function seriesText(labels: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}

function pointText([at, value]: Point): string {
  return `${stamp(at)} ${valueText(value)}`;
}

function valueText(value: number): string {
  // A whole number is told whole: a limit of 134217728 bytes is 128Mi, and 134218000 is nothing.
  return Number.isFinite(value) && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : String(value);
}

function stepOf(points: Series['points']): number {
  const [first, second] = points;
  return first === undefined || second === undefined ? 0 : second[0].getTime() - first[0].getTime();
}

/** Evenly over the series; its ends stay. */
function thinned(points: Series['points']): Series['points'] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => points[Math.round(index * step)]).filter(
    (one) => one !== undefined,
  );
}
