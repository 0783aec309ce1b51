import { CastellanError, defineErrors } from '../kit/index.ts';

export const storeError = defineErrors({
  'database-unreachable': {
    audience: 'operator',
    meaning: 'The database could not be reached, refused the login, or broke the connection off.',
  },
  'database-statement-refused': {
    audience: 'operator',
    meaning: 'The database refused a statement; the log has its SQLSTATE and the cause.',
  },
  'database-value-unreadable': {
    audience: 'operator',
    meaning: 'The database holds a value that JavaScript cannot represent exactly.',
  },
  'database-query-beside-transaction': {
    audience: 'operator',
    meaning: 'A fault of Castellan itself: code inside a transaction queried the database beside it.',
  },
  'database-closed': { audience: 'operator', meaning: 'The database, or the transaction, was already closed.' },
  'database-not-locked': {
    audience: 'operator',
    meaning: 'A fault of Castellan itself: the embedded database was to be opened without its lock.',
  },
  'database-restore-interrupted': {
    audience: 'operator',
    meaning: 'A restore was killed between moving the old database away and the new one in.',
  },
  'database-disk-full': {
    audience: 'operator',
    meaning: 'The disk of the database is full, or so nearly that nothing is started on it any more.',
  },
  'database-directory-foreign': {
    audience: 'operator',
    meaning: 'The directory of the embedded database holds files that are not a database.',
  },
});

/** The five-character SQLSTATE of a refused statement (`23505` is a unique violation), or undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof CastellanError) return sqlStateOf(error.cause);
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/**
 * A driver's error as one of ours. Its message can quote a row, a statement or a connection string, so not a word of it
 * is kept; the error itself stays as the cause, which is never rendered.
 */
export function rebuildDatabaseError(error: unknown, database: string): CastellanError {
  if (error instanceof CastellanError) return error;
  const state = sqlStateOf(error);
  if (state === '53100') {
    return storeError('database-disk-full', {
      message: `the disk of ${database} is full (SQLSTATE 53100); the statement was taken back`,
      next: 'make room on that disk: it is the one of the database, which may be on another machine',
      cause: error,
    });
  }
  // Classes 08, 28, 3D, 53 and 57: connection, login, no such database, no resources, operator intervention.
  // 57014 is a statement that ran into its time limit: the server is there.
  if (state === undefined ? isConnectionFault(error) : /^(08|28|3D|53|57)/.test(state) && state !== '57014') {
    return storeError('database-unreachable', {
      message: `${database} cannot be used${state === undefined ? '' : ` (SQLSTATE ${state})`}`,
      next: 'check that the server runs, and host, port, user, password and TLS mode under `database` in castellan.yaml',
      cause: error,
    });
  }
  const reason = state === '57014' ? ': it took longer than its time limit' : '';
  return storeError('database-statement-refused', {
    message: `${database} refused a statement${state === undefined ? '' : ` (SQLSTATE ${state})`}${reason}`,
    next: 'look the cause up in the log; `castellan doctor` checks the database and its schema',
    cause: error,
  });
}

const connectionCodes =
  /^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|ENOENT|EACCES|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
/** What the driver says, without a code, when it gave up on a connection. Only compared, never shown. */
const connectionWords = /connection|connect|timeout|SSL|password|SASL|server/i;

function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') return connectionCodes.test(error.code);
  return connectionWords.test(error.message);
}
