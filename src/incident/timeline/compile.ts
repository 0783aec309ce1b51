import type { Evidence, EvidenceRow } from '../evidence.ts';
import type { Dossier } from '../record/port.ts';
import { mergeSightings } from './merge.ts';
import type { TimelineRow } from './port.ts';
import { condenseRepeats } from './repeats.ts';
import { byTime, type Sighting, sighting, together, unitOf } from './sighting.ts';

/**
 * The rows of an incident, oldest first: of its evidence, on our clock, and of the record's own moments. The order in which
 * evidence came makes no difference. Pure.
 */
export function compileTimeline(dossier: Dossier): readonly TimelineRow[] {
  const seen = [...dossier.evidence.flatMap(sightingsOf), ...momentsOf(dossier), ...changesOf(dossier)];
  return mergeSightings(condenseRepeats(once(seen)))
    .map((sighting) => marked(sighting, dossier))
    .sort(byTime);
}

function sightingsOf(evidence: Evidence): readonly Sighting[] {
  if (evidence.status !== 'ok') return [];
  const ahead = evidence.clockOffsetMs ?? 0;
  return evidence.rows
    .filter((row) => Number.isFinite(row.at.getTime()))
    .map((row: EvidenceRow) =>
      sighting({
        at: new Date(row.at.getTime() - ahead),
        until: row.until === undefined ? undefined : new Date(row.until.getTime() - ahead),
        precision: row.precision,
        source: evidence.source,
        about: row.about,
        text: row.text,
        quote: row.quote,
        count: row.count ?? 1,
        warning: row.warning ?? false,
        change: row.change ?? false,
        evidence: [evidence.id],
        offsetMs: evidence.clockOffsetMs,
      }),
    );
}

const moment = { until: undefined, precision: 'second', quote: undefined, count: 1, offsetMs: undefined } as const;

function momentsOf({ incident }: Dossier): readonly Sighting[] {
  const moments: readonly (readonly [string, Date | undefined, boolean])[] = [
    ['the incident began', incident.startedAt, true],
    [`it was detected, by: ${incident.detectedBy}`, incident.detectedAt, false],
    ['the incident was opened here', incident.openedAt, false],
    ['it was mitigated', incident.mitigatedAt, false],
    ['it was resolved', incident.resolvedAt, false],
  ];
  return moments.flatMap(([text, at, warning]) =>
    at === undefined || !Number.isFinite(at.getTime())
      ? []
      : [sighting({ ...moment, at, source: 'record', about: undefined, text, warning, change: false, evidence: [] })],
  );
}

/** What triage ranked may be older than every window that was gathered; the snapshot is its evidence. */
function changesOf({ triage, evidence }: Dossier): readonly Sighting[] {
  if (triage === undefined || !evidence.some(({ id }) => id === triage.snapshot)) return [];
  return triage.changes
    .filter(({ at }) => Number.isFinite(at.getTime()))
    .map(({ at, object, text }) =>
      sighting({
        ...moment,
        at,
        source: 'triage',
        about: object,
        text,
        warning: false,
        change: true,
        evidence: [triage.snapshot],
      }),
    );
}

/** Asked twice, a source tells the same row twice: it is one, with both evidence. */
function once(seen: readonly Sighting[]): readonly Sighting[] {
  const byKey = new Map<string, Sighting>();
  const inOrder = [...seen].sort(
    (a, b) => unitOf[a.precision] - unitOf[b.precision] || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
  );
  for (const one of inOrder) {
    const before = byKey.get(one.key);
    byKey.set(one.key, before === undefined ? one : together(before, one));
  }
  return [...byKey.values()];
}

/** The latest mark counts, of each kind. */
function marked({ keys, sources: _sources, ...row }: Sighting, { marks }: Dossier): TimelineRow {
  const own = marks.filter(({ row: key }) => keys.includes(key));
  return {
    ...row,
    note: own.findLast(({ note }) => note !== undefined)?.note,
    excluded: own.findLast(({ excluded }) => excluded !== undefined)?.excluded,
  };
}
