import type { Log } from './log.ts';

/**
 * What nobody caught ends the daemon: in one redacted line of its log, where Node would print the error as it is. Its
 * state is unknown then, so nothing is tidied up; the lock and the database are made for a process that just ends.
 */
export function endOnCrash(log: Log): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'daemon.crashed');
    process.exit(1);
  });
}
