import type { Database, Queryable } from '../../store/database.ts';
import { sqlStateOf } from '../../store/errors.ts';
import { incidentError } from '../errors.ts';
import type { Incident } from '../incident.ts';
import { type EventDraft, eventHash, insertEvent } from './events.ts';
import { type IncidentState, incidentDigest, readIncident, updateIncident } from './incident-table.ts';
import { nameOf, once, proveWrite, type Remembering } from './keys.ts';
import type { Write } from './port.ts';
import type { NewId } from './record-id.ts';
import { isClosed } from './status.ts';

/** What the parts of the record are made on. */
export interface RecordGround {
  readonly database: Database;
  readonly newId: NewId;
  readonly leaseMs: number;
}

export interface Operation<Answer> {
  readonly incident: string;
  readonly write: Write;
  /** Name and input of the call, for its key. */
  readonly input: readonly [operation: string, ...input: readonly unknown[]];
  readonly remembering: Remembering<Answer>;
  work(transaction: Queryable, state: IncidentState): Promise<Outcome<Answer>>;
}

export interface Outcome<Answer> {
  /** The version is raised here and not by `work`. */
  readonly incident: Incident;
  readonly pieces?: number;
  readonly event: EventDraft;
  answer(written: Incident): Answer;
}

/**
 * One write: one transaction that holds the incident's row, in which its version is raised and an event appended. Errors:
 * `incident-unknown`, `incident-closed`, `incident-moved-on`, `incident-key-reused`, `incident-argument-invalid`.
 */
export function write<Answer>(ground: RecordGround, operation: Operation<Answer>): Promise<Answer> {
  const { incident: id, input, remembering } = operation;
  const given = proveWrite(operation.write);
  return inTransaction(ground, (transaction) =>
    once(transaction, given, [id, ...input], remembering, async () => {
      const state = await readIncident(transaction, id, { lock: true });
      refuseIfClosed(state.incident);
      refuseIfNewer(state.incident, given.expectedVersion);
      const { incident, pieces = state.pieces, event, answer } = await operation.work(transaction, state);
      const written = { ...incident, version: state.incident.version + 1 };
      const head = await append(transaction, { ...state, incident: written }, event, given);
      await updateIncident(transaction, { ...state, incident: written, head, pieces });
      return answer(written);
    }),
  );
}

/** Appends the event of this version and gives its hash. */
export async function append(
  transaction: Queryable,
  { incident, fingerprint, head }: IncidentState,
  draft: EventDraft,
  { by, now }: Write,
): Promise<string> {
  const event = {
    ...draft,
    seq: incident.version,
    at: now,
    by: nameOf(by),
    evidence: draft.evidence ?? [],
    binds: { ...draft.binds, incident: incidentDigest(incident, fingerprint) },
  };
  const hash = eventHash(head, incident.id, event);
  await insertEvent(transaction, incident.id, { ...event, hash });
  return hash;
}

const attempts = 3;

/** An id that is taken is refused by the database; with others it is done again. */
export async function inTransaction<Answer>(
  { database }: RecordGround,
  work: (transaction: Queryable) => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (attempt === attempts || sqlStateOf(error) !== '23505') throw error;
    }
  }
}

function refuseIfClosed({ status, mergedInto }: Incident): void {
  if (!isClosed(status)) return;
  throw incidentError('incident-closed', {
    message: mergedInto === undefined ? 'the incident was dismissed' : `the incident was merged into ${mergedInto}`,
    next: mergedInto === undefined ? 'open another one, if it was one after all' : `go on with ${mergedInto}`,
  });
}

function refuseIfNewer({ version }: Incident, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw incidentError('incident-moved-on', {
    message: `the incident is at version ${version}, and ${expected} was named`,
    next: 'read it again with incident_show, and decide by what it says now',
  });
}
