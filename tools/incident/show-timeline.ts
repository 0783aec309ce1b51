import type { Dossier } from '../../src/incident/record/port.ts';
import type { TimelineRow } from '../../src/incident/timeline/port.ts';
import { type Answer, type Cell, table } from '../../src/kit/index.ts';
import { gapsOf } from './gaps.ts';
import { skippedBy } from './paging.ts';
import type { Asked, Showing } from './show.ts';
import { plainObject, quoted, stampText, told } from './words.ts';

/** Compiled each time: nobody can have written it. */
export function timelineAnswer(dossier: Dossier, { limit }: Asked, { ports, page, now }: Showing): Answer {
  const all = ports.reporter.compile(dossier);
  const skip = skippedBy(page);
  const rows = all.slice(skip, skip + (limit ?? 100));
  const disagree = all.filter(({ disagreementMs }) => disagreementMs !== undefined).length;
  return table({
    asOf: now(),
    coverage: {
      covered: `${all.length} rows from ${dossier.evidence.length} pieces of evidence`,
      missing: gapsOf(dossier),
    },
    headline:
      all.length === 0
        ? 'NO ROWS: nothing was gathered yet'
        : `${all.length} rows, UTC, oldest first${disagree === 0 ? '' : `; SOURCES DISAGREE about the time of ${disagree}`}`,
    columns: ['row', 'at', 'what', 'about', 'source', 'evidence', 'marks', 'quote', 'note'],
    rows: rows.map(rowOf),
    total: all.length,
    skipped: skip,
    continueAt: (shown) => page.mint({ skip: shown }),
    notes: ['a row is explained by incident_record kind=annotate, left out of the report by kind=exclude'],
  });
}

function rowOf(row: TimelineRow): readonly Cell[] {
  const { key, at, precision, text, about, source, evidence, quote, note, excluded } = row;
  return [
    key,
    precision === 'second' ? stampText(at) : `${stampText(at)} (${precision})`,
    // A sentence of ours may hold the name of an alert; and what is the same in every row would stand above the fence.
    quoted(text, 200),
    about === undefined ? null : plainObject(about),
    source,
    evidence.slice(0, 4).join(' '),
    marksOf(row),
    quoted(quote, 240),
    excluded === undefined ? told(note, 240) : told(`left out: ${excluded.reason}`, 240),
  ];
}

function marksOf({ warning, change, count, until, offsetMs, disagreementMs, excluded }: TimelineRow): string {
  return [
    ...(warning ? ['WRONG'] : []),
    ...(change ? ['CHANGE'] : []),
    ...(count > 1 ? [`×${count}`] : []),
    ...(until === undefined ? [] : [`until ${stampText(until)}`]),
    ...(offsetMs === undefined || offsetMs === 0 ? [] : [`clock corrected by ${Math.round(offsetMs / 1_000)} s`]),
    ...(disagreementMs === undefined ? [] : [`SOURCES ${Math.round(disagreementMs / 1_000)} s APART`]),
    ...(excluded === undefined ? [] : ['LEFT OUT']),
  ].join(', ');
}
