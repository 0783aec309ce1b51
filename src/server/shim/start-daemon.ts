import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '../../config/environment.ts';

/** Where a daemon is to serve, and by which castellan.yaml. */
interface Place {
  readonly home: string;
  readonly config: string | null;
}

/** What a daemon that nobody watches wrote to stderr. */
export function logPath(home: string): string {
  return `${home}/daemon.log`;
}

/**
 * Detached, with an environment of its own: a session's tokens and proxies must not reach a process that other sessions
 * share. Two shims may start one each; the lock lets one live.
 */
export function startDaemon({ home, config }: Place, onExit: () => void): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const main = fileURLToPath(new URL(`../../cli/main.${extension}`, import.meta.url));
  const log = openSync(logPath(home), 'a', 0o600);
  const flags = config === null ? [] : ['--config', config];
  const child = spawn(
    process.execPath,
    [main, ...flags, '--home', home, 'serve', '--socket-only', '--leave-when-idle'],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: home,
      env: daemonEnvironment(),
    },
  );
  child.once('error', onExit);
  child.once('exit', onExit);
  child.unref();
  closeSync(log);
}

function daemonEnvironment(): Record<string, string> {
  const environment = processEnvironment();
  const kept: Record<string, string> = { LANG: 'C.UTF-8' };
  for (const name of ['PATH', 'HOME', 'USER', 'LOGNAME'] as const) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
