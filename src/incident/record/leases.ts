import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import { actor, prove } from './fields.ts';
import { readIncident } from './incident-table.ts';
import { nameOf } from './keys.ts';
import { type Dossier, type IncidentRecord, type Stage, stages } from './port.ts';
import type { RecordGround } from './writing.ts';

type Lease = Dossier['leases'][number];

/** Those that hold. By the database's clock: holders may be processes whose clocks disagree. */
export async function readLeases(queryable: Queryable, incident: string): Promise<readonly Lease[]> {
  return queryable.query<Lease>(
    `select stage, holder, until from castellan.incident_lease
     where incident = $1 and until > clock_timestamp() order by stage`,
    [incident],
  );
}

export function createHolding({ database, leaseMs }: RecordGround): IncidentRecord['holding'] {
  return async (incident, stage, by, work) => {
    const holder = nameOf(prove('actor', actor, by));
    await readIncident(database, incident);
    const lease = { database, incident, stage, holder, leaseMs, token: randomUUID() };
    await take(lease);
    const renewal = keepRenewing(lease);
    const [ended] = await Promise.allSettled([work()]);
    await renewal.stop();
    const [released] = await Promise.allSettled([release(lease)]);
    // Of two things that went wrong the work's is told; a lease that was not given back ends by itself.
    if (ended.status === 'rejected') throw ended.reason;
    if (released.status === 'rejected') throw released.reason;
    return ended.value;
  };
}

interface Held {
  readonly database: Database;
  readonly incident: string;
  readonly stage: Stage;
  readonly holder: string;
  readonly leaseMs: number;
  readonly token: string;
}

async function take({ database, incident, stage, holder, leaseMs, token }: Held): Promise<void> {
  if (!stages.includes(stage)) throw new TypeError(`there is no stage ${stage}`);
  const taken = await database.query(
    `insert into castellan.incident_lease as lease (incident, stage, holder, token, until)
     values ($1, $2, $3, $4, clock_timestamp() + $5::int4 * interval '1 millisecond')
     on conflict (incident, stage) do update set holder = excluded.holder, token = excluded.token, until = excluded.until
       where lease.until <= clock_timestamp()
     returning stage`,
    [incident, stage, holder, token, leaseMs],
  );
  if (taken.length > 0) return;
  throw held(
    stage,
    (await readLeases(database, incident)).find((lease) => lease.stage === stage),
  );
}

/** A renewal that fails is tried again with the next: the lease has three of them. */
function keepRenewing(lease: Held): { stop(): Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    last = Promise.allSettled([last, renew(lease)]);
  }, lease.leaseMs / 3);
  return {
    stop: async () => {
      clearInterval(timer);
      await last;
    },
  };
}

/** Also of one that ended and was taken by nobody. */
async function renew({ database, incident, stage, leaseMs, token }: Held): Promise<void> {
  await database.query(
    `update castellan.incident_lease set until = clock_timestamp() + $4::int4 * interval '1 millisecond'
     where incident = $1 and stage = $2 and token = $3`,
    [incident, stage, token, leaseMs],
  );
}

/** Errors: `incident-stage-held`, when somebody else took the stage while this holder could not renew. */
async function release({ database, incident, stage, token }: Held): Promise<void> {
  const given = await database.query(
    'delete from castellan.incident_lease where incident = $1 and stage = $2 and token = $3 returning stage',
    [incident, stage, token],
  );
  if (given.length > 0) return;
  throw held(
    stage,
    (await readLeases(database, incident)).find((lease) => lease.stage === stage),
    true,
  );
}

function held(stage: Stage, by: Lease | undefined, lost = false): Error {
  const who = by === undefined ? 'somebody else' : `${by.holder}, until ${by.until.toISOString()}`;
  return incidentError('incident-stage-held', {
    message: lost ? `the lease on ${stage} was lost to ${who} while the work ran` : `${stage} is held by ${who}`,
    next: lost
      ? 'read the incident with incident_show: both may have written'
      : 'wait for them, or until the lease ends; work on another stage meanwhile',
  });
}
