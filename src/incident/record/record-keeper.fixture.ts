import type { Database } from '../../store/database.ts';
import { openStore, type StoreConfig, takeStoreLock } from '../../store/open.ts';
import { openIncidentRecord } from './open.ts';
import { type IncidentRecord, leaseMs } from './port.ts';

export interface RecordKeeper extends AsyncDisposable {
  readonly record: IncidentRecord;
  readonly database: Database;
}

/** The record as a daemon has it: on a store with its lock. */
export async function openRecordKeeper(home: string, lease = leaseMs): Promise<RecordKeeper> {
  const config: StoreConfig = {
    home,
    database: { kind: 'embedded', directory: `${home}/database` },
    backup: { everyHours: 0, keep: 1 },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const lock = takeStoreLock(config, { socket: `${home}/agent.sock`, build: 'test' });
  const store = await openStore({ config, build: 'test', log, lock });
  return {
    record: openIncidentRecord({ database: store.database, leaseMs: lease }),
    database: store.database,
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** Long enough to lie in several pages. */
export function payloadOf(key: string): string {
  return `${key} `.repeat(3_000);
}
