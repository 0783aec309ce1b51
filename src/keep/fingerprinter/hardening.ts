import { readFileSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { fingerprinterError } from './errors.ts';

export interface Circumstances {
  readonly uid: number | undefined;
  readonly execArgv: readonly string[];
  readonly inspecting: boolean;
  /** /proc/self/limits; undefined where there is none. */
  readonly limits: string | undefined;
}

export function circumstances(): Circumstances {
  return {
    uid: process.geteuid?.(),
    execArgv: process.execArgv,
    inspecting: inspectorUrl() !== undefined,
    limits: limitsText(),
  };
}

/**
 * Refuses to hold values where somebody could look in, and tells what could be better. Node cannot set a limit itself: the keep starts
 * it through prlimit, a service by LimitCORE=0. Errors: `fingerprinter-unhardened`.
 */
export function harden({ uid, execArgv, inspecting, limits }: Circumstances, seatBelt: boolean): readonly string[] {
  if (uid === 0 && !seatBelt) {
    throw fingerprinterError('fingerprinter-unhardened', {
      message: 'the fingerprinter does not run as root',
      next: 'give it a user of its own (`sudo castellan install` makes one); --seat-belt runs it all the same, to try it',
    });
  }
  if (inspecting || execArgv.some((flag) => flag.startsWith('--inspect'))) {
    throw fingerprinterError('fingerprinter-unhardened', {
      message: 'the fingerprinter does not run with a debugger that could read its memory',
      next: 'start it without --inspect',
    });
  }
  const problems: string[] = [];
  if (!execArgv.includes('--disable-sigusr1')) {
    problems.push('a debugger can be let in by SIGUSR1: start node with --disable-sigusr1');
  }
  const core = /^Max core file size\s+(\S+)/m.exec(limits ?? '')?.[1];
  if (core !== '0') problems.push('a crash may write its memory to a core file: start it with LimitCORE=0');
  return problems;
}

function limitsText(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined; // Not Linux: told as a problem.
  }
}
