import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { defineErrors, type JsonObject } from '../kit/index.ts';
import type { Audit, AuditedCall, Store } from '../store/index.ts';
import { loadOrCreateKey } from '../store/key-file.ts';
import { type DataLock, takeLock } from '../store/lock.ts';
import type { LentDatabase } from '../store/port.ts';
import type { Build } from './handshake.ts';
import type { Log } from './log.ts';
import type { StoreState } from './status.ts';

/**
 * The store, opened behind the sockets: taking the lock is quick and comes first; starting the database takes seconds on a
 * new data directory, and only calls wait for it.
 */
export interface StoreBehind extends AsyncDisposable {
  readonly cursorKey: Uint8Array;
  readonly audit: Pick<Audit, 'append'>;
  readonly database: LentDatabase;
  /** Begins to open it; rejects when it cannot be opened. */
  open(): Promise<void>;
  state(): StoreState;
  backUp(): Promise<JsonObject>;
  verifyAudit(): Promise<JsonObject>;
}

export interface StoreBehindOptions {
  readonly config: Config;
  readonly build: Build;
  readonly log: Log;
  readonly socket: string;
}

const storeError = defineErrors({
  'store-unavailable': {
    audience: 'operator',
    meaning: 'The store could not be opened, and the daemon ends; or this process has none.',
  },
});

/** For processes that only look: what groups keep belongs to the daemon. */
export const noDatabase: LentDatabase = {
  whenOpen: async () => {
    throw storeError('store-unavailable', { message: 'this process opens no store', next: 'ask the daemon' });
  },
};

export function prepareStore({ config, build, log, socket }: StoreBehindOptions): StoreBehind {
  const { database } = config;
  const buildName = [build.version, build.stamp].filter((part) => part !== '').join('+');
  const who = { socket, build: buildName };
  // Whatever the database is, and wherever: one daemon on one data directory, for it holds one agent.sock.
  const place = takeLock({ directory: join(config.home, 'daemon'), ...who });
  const lock = lockDatabase(place, database, who);
  const opening = Promise.withResolvers<Store>();
  // Whoever waits for the store hears of its failure; the daemon does through `open`.
  opening.promise.catch(() => undefined);
  let state: StoreState = { kind: database.kind, state: 'opening' };
  let begun = false;

  return {
    cursorKey: loadOrCreateKey(join(config.home, 'keys', 'cursor.key')).export(),
    audit: { append: async (call: AuditedCall) => (await opening.promise).audit.append(call) },
    database: { whenOpen: async () => (await opening.promise).database },
    state: () => state,
    open: async () => {
      begun = true;
      try {
        const { openStore } = await import('../store/open.ts');
        const store = await openStore({ config, build: buildName, log, lock });
        state = { kind: database.kind, state: 'open', features: { ...store.features } };
        opening.resolve(store);
      } catch (error) {
        state = { kind: database.kind, state: 'failed' };
        opening.reject(
          storeError('store-unavailable', {
            message: 'the store could not be opened, so nothing can be audited or answered',
            next: "ask the operator for the end of the daemon's log",
            cause: error,
          }),
        );
        throw error;
      }
    },
    backUp: async () => {
      const { file, bytes } = await (await opening.promise).backups.now();
      return { file, bytes };
    },
    verifyAudit: async () => {
      const { problems, ...report } = await (await opening.promise).verifyAudit();
      return { ...report, problems: problems.map((problem) => ({ ...problem })) };
    },
    [Symbol.asyncDispose]: async () => {
      try {
        if (!begun) lock?.release();
        // Never opened: `openStore` has released the lock and told why.
        else await (await opening.promise.catch(() => undefined))?.close();
      } finally {
        place.release();
      }
    },
  };
}

/** The embedded database has one writer, and its directory may be another's too. A server needs no lock. */
function lockDatabase(
  place: DataLock,
  database: Config['database'],
  who: { readonly socket: string; readonly build: string },
): DataLock | undefined {
  if (database.kind !== 'embedded') return undefined;
  try {
    return takeLock({ directory: database.directory, ...who });
  } catch (error) {
    place.release();
    throw error;
  }
}
