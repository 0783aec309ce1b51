import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import { detections, type Incident, incidentStatuses, severities } from '../incident.ts';
import { absent, actor, digestOf, idOf, instant, line, prove, window, words } from './fields.ts';
import type { IncidentFilter } from './port.ts';
import { idPattern } from './record-id.ts';

export const serviceNames = z.array(words(253)).max(100).readonly();
export const severityOverride = z.object({ severity: z.enum(severities), by: words(200), reason: words(1_000) });

export const incidentShape = z.object({
  id: idOf(idPattern.inc),
  number: z.int(),
  title: words(300),
  symptom: line(4_000),
  status: z.enum(incidentStatuses),
  severity: absent(z.enum(severities)),
  override: absent(severityOverride),
  detectedBy: z.enum(detections),
  window,
  services: serviceNames,
  namespaces: serviceNames,
  startedAt: absent(instant),
  detectedAt: instant,
  mitigatedAt: absent(instant),
  resolvedAt: absent(instant),
  change: absent(words(200)),
  mergedInto: absent(idOf(idPattern.inc)),
  openedBy: actor,
  openedAt: instant,
  version: z.int(),
});

/** An incident with what the record alone needs of it. */
export interface IncidentState {
  readonly incident: Incident;
  readonly fingerprint: string;
  readonly head: string;
  readonly pieces: number;
}

/** What an event binds of an incident. Of its version no more than the event's number says. */
export function incidentDigest(incident: Incident, fingerprint: string): string {
  const { version: _, ...rest } = prove('incident', incidentShape, incident);
  return digestOf({ ...rest, fingerprint });
}

interface IncidentRow extends Omit<Incident, NullWhereAbsent | 'window' | 'openedBy'> {
  readonly severity: Incident['severity'] | null;
  readonly override: NonNullable<Incident['override']> | null;
  readonly windowFrom: Date;
  readonly windowTo: Date | null;
  readonly startedAt: Date | null;
  readonly mitigatedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly change: string | null;
  readonly mergedInto: string | null;
  readonly agent: string;
  readonly human: string;
  readonly fingerprint: string;
  readonly head: string;
  readonly pieces: number;
}
type NullWhereAbsent = 'severity' | 'override' | 'startedAt' | 'mitigatedAt' | 'resolvedAt' | 'change' | 'mergedInto';

const columns = `
  id, number, title, symptom, status, severity, override, detected_by as "detectedBy", window_from as "windowFrom",
  window_to as "windowTo", services, namespaces, started_at as "startedAt", detected_at as "detectedAt",
  mitigated_at as "mitigatedAt", resolved_at as "resolvedAt", change, merged_into as "mergedInto",
  opened_by_agent as agent, opened_by_human as human, opened_at as "openedAt", version, fingerprint, head, pieces`;

function stateOf(row: IncidentRow): IncidentState {
  const { windowFrom, windowTo, agent, human, fingerprint, head, pieces, ...rest } = row;
  const incident: Incident = {
    ...rest,
    severity: rest.severity ?? undefined,
    override: rest.override ?? undefined,
    startedAt: rest.startedAt ?? undefined,
    mitigatedAt: rest.mitigatedAt ?? undefined,
    resolvedAt: rest.resolvedAt ?? undefined,
    change: rest.change ?? undefined,
    mergedInto: rest.mergedInto ?? undefined,
    window: { from: windowFrom, to: windowTo ?? undefined },
    openedBy: { agent, human },
  };
  return { incident, fingerprint, head, pieces };
}

/** Errors: `incident-unknown`. */
export async function readIncident(
  queryable: Queryable,
  id: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<IncidentState> {
  // What is no id is nobody's id, and need not be a text the database takes.
  const rows = idPattern.inc.test(id)
    ? await queryable.query<IncidentRow>(
        `select ${columns} from castellan.incident where id = $1${lock ? ' for no key update' : ''}`,
        [id],
      )
    : [];
  const [row] = rows;
  if (row === undefined) throw unknownIncident();
  return stateOf(row);
}

function unknownIncident(): Error {
  return incidentError('incident-unknown', {
    message: 'there is no incident of that id',
    next: 'list incidents with incident_show and no id',
  });
}

/** The open one for the same thing: for the same change, or else of the same fingerprint. */
export async function findSame(
  queryable: Queryable,
  { fingerprint, change }: { readonly fingerprint: string; readonly change: string | undefined },
): Promise<Incident | undefined> {
  const [row] = await queryable.query<IncidentRow>(
    `select ${columns} from castellan.incident
     where change = $2 or (fingerprint = $1 and status not in ('final', 'amended', 'dismissed', 'merged'))
     order by change = $2 desc nulls last limit 1`,
    [fingerprint, change ?? null],
  );
  return row && stateOf(row).incident;
}

export async function insertIncident(
  queryable: Queryable,
  { incident, fingerprint, head }: IncidentState,
): Promise<void> {
  await queryable.query(
    `insert into castellan.incident (id, number, fingerprint, title, symptom, status, detected_by, window_from, window_to,
       services, namespaces, detected_at, change, opened_by_agent, opened_by_human, opened_at, version, head)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11::text[], $12, $13, $14, $15, $16, $17, $18)`,
    [
      incident.id,
      incident.number,
      fingerprint,
      incident.title,
      incident.symptom,
      incident.status,
      incident.detectedBy,
      incident.window.from,
      incident.window.to ?? null,
      incident.services,
      incident.namespaces,
      incident.detectedAt,
      incident.change ?? null,
      incident.openedBy.agent,
      incident.openedBy.human,
      incident.openedAt,
      incident.version,
      head,
    ],
  );
}

export async function updateIncident(queryable: Queryable, { incident, head, pieces }: IncidentState): Promise<void> {
  await queryable.query(
    `update castellan.incident set status = $2, severity = $3, override = $4::json, window_from = $5, window_to = $6,
       services = $7::text[], namespaces = $8::text[], started_at = $9, detected_at = $10, mitigated_at = $11,
       resolved_at = $12, merged_into = $13, version = $14, head = $15, pieces = $16
     where id = $1`,
    [
      incident.id,
      incident.status,
      incident.severity ?? null,
      incident.override ?? null,
      incident.window.from,
      incident.window.to ?? null,
      incident.services,
      incident.namespaces,
      incident.startedAt ?? null,
      incident.detectedAt,
      incident.mitigatedAt ?? null,
      incident.resolvedAt ?? null,
      incident.mergedInto ?? null,
      incident.version,
      head,
      pieces,
    ],
  );
}

const filterShape = z.object({
  status: z.array(z.enum(incidentStatuses)).readonly().optional(),
  since: instant.optional(),
  about: line(300).optional(),
  limit: z.int().min(0).max(1_000),
  skip: z.int().min(0).max(1_000_000_000),
});

/** Newest first. */
export async function listIncidents(
  queryable: Queryable,
  filter: IncidentFilter,
): Promise<{ readonly incidents: readonly Incident[]; readonly total: number }> {
  prove('filter', filterShape, filter);
  const matching = `from castellan.incident where ($1::text[] is null or status = any ($1::text[]))
    and ($2::timestamptz is null or opened_at >= $2)
    and ($3::text is null or $3 = any (services) or $3 = any (namespaces) or position(lower($3) in lower(title)) > 0)`;
  const asked = [filter.status ?? null, filter.since ?? null, filter.about ?? null];
  const [counted] = await queryable.query<{ total: number }>(`select count(*) as total ${matching}`, asked);
  const rows = await queryable.query<IncidentRow>(
    `select ${columns} ${matching} order by number desc limit $4 offset $5`,
    [...asked, filter.limit, filter.skip],
  );
  return { incidents: rows.map((row) => stateOf(row).incident), total: counted?.total ?? 0 };
}
