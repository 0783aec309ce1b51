import { canonicalJson } from '../../store/canonical-json.ts';
import type { Queryable } from '../../store/database.ts';
import { sha256 } from './fields.ts';
import type { IncidentEvent } from './port.ts';

/**
 * What happened to an incident's record, a row a write, numbered from 1; the number is the incident's version.
 *
 *  binds   digests of what the write left behind, by subject: `incident`, `ev_…`, `fi_…`, `act_…`, `triage`, `history`,
 *          `row <key>`, `verdict <document>`, `report <version>`. The last digest of a subject is that of what is kept now
 *  hash    SHA-256 over the hash before it and the canonical JSON of everything else; the incident keeps the last one
 *
 * Who changes, removes or reorders anything by hand is found by verify.ts. There is no key in it: who can write the database and
 * recomputes a whole chain is contradicted only by what was published, and by the audit, which has a keyed hash of every call.
 */
export const eventKinds = [
  'opened',
  'changed',
  'evidence',
  'finding',
  'row',
  'triaged',
  'history',
  'verdict',
  'report',
  'actions',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** As a write tells it. */
export interface EventDraft {
  readonly kind: EventKind;
  /** Our words. */
  readonly text: string;
  /** Somebody else's words: why. */
  readonly reason?: string | undefined;
  readonly evidence?: readonly string[];
  readonly binds: Readonly<Record<string, string>>;
}

export interface KeptEvent extends Omit<EventDraft, 'kind'> {
  readonly kind: string;
  readonly seq: number;
  readonly at: Date;
  readonly by: string;
  readonly evidence: readonly string[];
}

export interface ChainedEvent extends KeptEvent {
  readonly hash: string;
}

/** The head before the first event. */
export const noHash = '0'.repeat(64);

export function eventHash(previous: string, incident: string, event: KeptEvent): string {
  const { seq, at, kind, text, reason, by, evidence, binds } = event;
  return sha256(`${previous}\n${canonicalJson({ incident, seq, at, kind, text, reason, by, evidence, binds })}`);
}

export async function insertEvent(queryable: Queryable, incident: string, event: ChainedEvent): Promise<void> {
  const { seq, at, kind, text, reason, by, evidence, binds, hash } = event;
  await queryable.query(
    `insert into castellan.incident_event (incident, seq, at, kind, text, reason, by, evidence, binds, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text[], $9::json, $10)`,
    [incident, seq, at, kind, text, reason ?? null, by, evidence, binds, hash],
  );
}

type EventRow = Omit<ChainedEvent, 'reason'> & { readonly reason: string | null };

export async function readEvents(queryable: Queryable, incident: string): Promise<readonly ChainedEvent[]> {
  const rows = await queryable.query<EventRow>(
    `select seq, at, kind, text, reason, by, evidence, binds, hash
     from castellan.incident_event where incident = $1 order by seq`,
    [incident],
  );
  return rows.map((row) => ({ ...row, reason: row.reason ?? undefined }));
}

export function toldOf({ seq, at, kind, text, reason, by, evidence }: ChainedEvent): IncidentEvent {
  return { seq, at, kind, text, by, evidence, ...(reason === undefined ? {} : { reason }) };
}
