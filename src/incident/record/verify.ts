import type { Database, Queryable } from '../../store/database.ts';
import { actionDigest, readActionsOf } from './action-table.ts';
import { readVerdicts, verdictDigest } from './candidates.ts';
import { oneMoment } from './dossier.ts';
import { type ChainedEvent, eventHash, noHash, readEvents } from './events.ts';
import { evidenceDigest, hashIn } from './evidence-table.ts';
import { digestOf } from './fields.ts';
import { findingDigest, readFindings } from './findings.ts';
import { type IncidentState, incidentDigest, readIncident } from './incident-table.ts';
import type { IncidentRecord } from './port.ts';
import { readReportRows, reportDigest } from './reports.ts';
import { markDigest, readMarks } from './row-marks.ts';

/** What does not fit is named, a line each: `inc_… event 3: its hash is another`. */
export function createVerify(database: Database): IncidentRecord['verify'] {
  return async (id) => {
    const broken: string[] = [];
    const ids = id === undefined ? await allIds(database, broken) : [id];
    let events = 0;
    for (const one of ids) {
      const checked = await database.transaction(async (transaction) => {
        await transaction.query(oneMoment);
        return check(transaction, one);
      });
      events += checked.events;
      broken.push(...checked.broken.map((what) => `${one} ${what}`));
    }
    return { incidents: ids.length, events, broken };
  };
}

/** Numbers have no gaps: one that is missing was removed. */
async function allIds(database: Database, broken: string[]): Promise<readonly string[]> {
  const rows = await database.query<{ id: string | null; number: number }>(
    `select id, number from castellan.incident full join
       (select generate_series(1, last) as number from castellan.incident_count) given using (number) order by number`,
  );
  for (const { id, number } of rows) if (id === null) broken.push(`incident number ${number} is gone`);
  return rows.flatMap(({ id }) => id ?? []);
}

async function check(transaction: Queryable, id: string): Promise<{ events: number; broken: readonly string[] }> {
  const state = await readIncident(transaction, id);
  const events = await readEvents(transaction, id);
  const kept = await digestsOf(transaction, state);
  const bound = new Map(events.flatMap(({ binds }) => Object.entries(binds)));
  const differing = [...bound].flatMap(([subject, digest]) => {
    const is = kept.digests.get(subject);
    if (is === undefined) return [`${subject} is gone`];
    return is === digest ? [] : [`${subject} is not what was recorded`];
  });
  const foreign = [...kept.digests.keys()].filter((subject) => !bound.has(subject));
  return {
    events: events.length,
    broken: [
      ...chainFaults(state, events),
      ...differing,
      ...foreign.map((subject) => `${subject} was never recorded`),
      ...kept.payloads.map((evidence) => `${evidence} has a payload that is not what was recorded`),
    ],
  };
}

function chainFaults({ incident, head }: IncidentState, events: readonly ChainedEvent[]): readonly string[] {
  const faults: string[] = [];
  let previous = noHash;
  let expected = 1;
  for (const event of events) {
    for (; expected < event.seq; expected += 1) faults.push(`event ${expected} is gone`);
    if (eventHash(previous, incident.id, event) !== event.hash) faults.push(`event ${event.seq}: its hash is another`);
    previous = event.hash;
    expected = event.seq + 1;
  }
  for (; expected <= incident.version; expected += 1) faults.push(`event ${expected} is gone`);
  if (expected > incident.version + 1) faults.push(`event ${incident.version + 1} and what follows was never recorded`);
  if (previous !== head) faults.push('its last event is not the one the incident names');
  return faults;
}

interface Kept {
  readonly digests: ReadonlyMap<string, string>;
  /** Evidence whose payload has another hash than it says. */
  readonly payloads: readonly string[];
}

async function digestsOf(transaction: Queryable, { incident, fingerprint }: IncidentState): Promise<Kept> {
  const { id } = incident;
  const digests = new Map([['incident', incidentDigest(incident, fingerprint)]]);
  // The hash is compared here: the database cannot look into JSON that holds a NUL.
  const evidence = await transaction.query<{ id: string; incident: string; body: unknown; payload: string }>(
    `select id, incident, body, encode(sha256(payload), 'hex') as payload from castellan.evidence where incident = $1`,
    [id],
  );
  for (const piece of evidence) digests.set(piece.id, evidenceDigest(piece));
  for (const finding of await readFindings(transaction, id)) digests.set(finding.id, findingDigest(finding));
  for (const mark of await readMarks(transaction, id)) digests.set(`row ${mark.row}`, markDigest(mark));
  const [judged] = await transaction.query<{ body: unknown }>(
    'select body from castellan.incident_triage where incident = $1',
    [id],
  );
  if (judged !== undefined) digests.set('triage', digestOf(judged.body));
  const [history] = await transaction.query<{ askedAt: Date; candidates: unknown }>(
    'select asked_at as "askedAt", candidates from castellan.incident_history where incident = $1',
    [id],
  );
  if (history !== undefined) digests.set('history', digestOf(history));
  for (const verdict of await readVerdicts(transaction, id)) {
    digests.set(`verdict ${verdict.document}`, verdictDigest(verdict));
  }
  for (const report of await readReportRows(transaction, id)) {
    digests.set(`report ${report.version}`, reportDigest(report));
  }
  for (const action of await readActionsOf(transaction, { incident: id })) digests.set(action.id, actionDigest(action));
  return {
    digests,
    payloads: evidence.filter(({ body, payload }) => hashIn(body) !== payload).map((piece) => piece.id),
  };
}
