import type { TimelineRow } from '../timeline/port.ts';
import { inline, table } from './escape.ts';
import { utc } from './front-matter.ts';
import type { ReportInput } from './port.ts';
import { links } from './render-claim.ts';

/** Above it, what is only context is counted and not told. */
const rowLimit = 200;

export function timelineSection({ timeline, narrative }: ReportInput): string {
  const told = timeline.filter(({ excluded }) => excluded === undefined);
  const shown = told.length <= rowLimit ? told : told.filter(important).slice(0, rowLimit);
  if (shown.length === 0) return '';
  const rows = shown.map((row) => [when(row), row.precision, inline(row.source), event(row), links(row.evidence)]);
  const left = told.length - shown.length;
  const out = timeline.filter(({ excluded }) => excluded !== undefined);
  return [
    table(['Time (UTC)', 'Precision', 'Source', 'Event', 'Evidence'], rows),
    ...(left > 0 ? [`${left} more rows are in the record.`] : []),
    ...(out.length > 0
      ? [
          `Left out: ${out.length}`,
          out.map((row) => `- ${when(row)}, ${inline(row.text)}: ${inline(row.excluded?.reason ?? '')}`).join('\n'),
        ]
      : []),
    ...(narrative.clockNotes.length > 0
      ? ['Clocks:', narrative.clockNotes.map((note) => `- ${inline(note)}`).join('\n')]
      : []),
  ].join('\n\n');
}

function important({ source, change, warning, note }: TimelineRow): boolean {
  return source === 'record' || change || warning || note !== undefined;
}

function when({ at, until }: TimelineRow): string {
  const from = utc(at) ?? 'unknown';
  const to = utc(until);
  return to === null || to === from ? from : `${from} – ${to}`;
}

function event(row: TimelineRow): string {
  return [
    row.about === undefined ? inline(row.text) : `${inline(row.about)}: ${inline(row.text)}`,
    ...(row.count > 1 ? [`(×${row.count})`] : []),
    ...(row.quote === undefined ? [] : [`“${inline(row.quote)}”`]),
    ...(row.offsetMs === undefined || row.offsetMs === 0 ? [] : [`(clock corrected by ${-row.offsetMs / 1_000} s)`]),
    ...(row.disagreementMs === undefined ? [] : [`(sources differ by ${Math.round(row.disagreementMs / 1_000)} s)`]),
    ...(row.note === undefined ? [] : [`– ${inline(row.note)}`]),
  ].join(' ');
}
