import type { PGlite } from '@electric-sql/pglite';
import type { CastellanError } from '../kit/index.ts';
import { rebuildDatabaseError, sqlStateOf, storeError } from './errors.ts';

/**
 * After a panic (its log finds no room, its disk breaks) the embedded database still holds its locks: asked anything more, be
 * it the end of the very statement that panicked, it waits for itself and takes this thread along for good. So it is asked
 * nothing more: whoever asks is told that it is dead.
 */
export interface PanicGuard {
  readonly dead: boolean;
  /** Errors: those of a statement; once the database is dead, `database-disk-full` or `database-unreachable`. */
  ask<Result>(question: () => Promise<Result>): Promise<Result>;
}

export function guardAgainstPanic(pglite: PGlite): PanicGuard {
  const stream = pglite.execProtocolStream.bind(pglite);
  let panic: Error | undefined;
  pglite.execProtocolStream = async (message, options) => {
    if (panic !== undefined) return [];
    try {
      return await stream(message, options);
    } catch (error) {
      if (isPanic(error)) panic = error;
      throw error;
    }
  };
  return {
    get dead() {
      return panic !== undefined;
    },
    ask: async (question) => {
      if (panic !== undefined) throw deadError(panic);
      try {
        return await question();
      } catch (error) {
        throw panic === undefined ? rebuildDatabaseError(error, 'the embedded database') : deadError(panic);
      }
    },
  };
}

function isPanic(error: unknown): error is Error {
  return error instanceof Error && 'severity' in error && error.severity === 'PANIC';
}

function deadError(panic: Error): CastellanError {
  const state = sqlStateOf(panic);
  const full = state === '53100';
  return storeError(full ? 'database-disk-full' : 'database-unreachable', {
    message: `the embedded database gave up${full ? ': its disk is full' : ''} (SQLSTATE ${state ?? 'unknown'})`,
    next: `${full ? 'make room on its disk (or its quota)' : 'see to its disk'}, then restart the daemon: what was acknowledged is there; the log has the cause`,
    cause: panic,
  });
}
