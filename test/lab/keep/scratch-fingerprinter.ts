import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { LabEnv } from '../lab-env.ts';

const mainFile = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const startDeadlineMs = 120_000;

export interface FingerprinterSettings {
  readonly exclude?: readonly string[];
  readonly mounts?: readonly string[];
  readonly intervalSeconds?: number;
  /** False: comparisons with the cluster are unknown. */
  readonly cluster?: boolean;
}

/** The fingerprinter of a scratch keep, as its service runs it: a user of its own, a token of its own, started by root. */
export interface ScratchFingerprinter extends AsyncDisposable {
  readonly user: number;
  readonly socket: string;
  readonly configFile: string;
  readonly state: string;
  /** The files that only its user reads. */
  readonly credentials: string;
  /** What it printed, line by line. */
  readonly printed: readonly string[];
  /** Starts it, and waits until it listens. */
  start(): Promise<number>;
  /** Of the one that was started last. */
  pid(): number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `keepUser` is who may speak to it. */
export function prepareFingerprinter(
  lab: LabEnv,
  at: (...parts: string[]) => string,
  keepUser: number,
  { exclude = [], mounts, intervalSeconds = 5, cluster = true }: FingerprinterSettings,
): ScratchFingerprinter {
  const { vault } = lab;
  if (vault === undefined) throw new Error(`lab ${lab.name} has no Vault`);
  // Beyond every number that a keep of a suite has.
  const user = keepUser + 6_000;
  const [state, folder, credentials] = [at('fingerprinter'), at('run', 'fingerprinter'), at('etc', 'fingerprinter')];
  makeFolder(state, user, user, 0o700);
  makeFolder(folder, user, keepUser, 0o2750);
  makeFolder(credentials, 0, user, 0o750);
  const place = (file: string, text: string): string => {
    writeFileSync(file, text, { mode: 0o640 });
    chownSync(file, 0, user);
    return file;
  };
  const socket = join(folder, 'fingerprinter.sock');
  const config = {
    socket,
    stateDirectory: state,
    vault: {
      address: vault.addr,
      auth: {
        kind: 'token-file',
        file: place(join(credentials, 'vault-token'), readFileSync(vault.fingerprinterTokenFile, 'utf8')),
      },
    },
    ...(cluster
      ? {
          kubernetes: {
            kubeconfig: place(join(credentials, 'kubeconfig'), readFileSync(lab.kubeconfig.fingerprinter, 'utf8')),
          },
        }
      : {}),
    ...(mounts === undefined ? {} : { mounts }),
    exclude,
    intervalSeconds,
  };
  const configFile = place(at('etc', 'fingerprinter.yaml'), stringify(config));

  const printed: string[] = [];
  let child: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child?.once('close', resolve));
    child.kill(signal);
    await closed;
  };
  const start = (): Promise<number> => {
    const asItself = ['--reuid', String(user), '--regid', String(user), '--clear-groups', '--'];
    const guarded = ['/usr/bin/prlimit', '--core=0:0', '--', process.execPath, '--disable-sigusr1', mainFile];
    const started = spawn('/usr/bin/setpriv', [...asItself, ...guarded, '--config', configFile, 'fingerprinter'], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const fail = (how: string) => () => reject(new Error(`castellan fingerprinter ${how}:\n${printed.join('\n')}`));
    createInterface({ input: started.stderr }).on('line', (line) => {
      printed.push(line);
      if (line.includes('fingerprinter.listening')) resolve(started.pid ?? -1);
    });
    started.once('close', fail('ended'));
    const late = setTimeout(fail('did not listen in time'), startDeadlineMs);
    return promise.finally(() => clearTimeout(late));
  };

  return {
    user,
    socket,
    configFile,
    state,
    credentials,
    printed,
    start,
    pid: () => {
      if (child?.pid === undefined) throw new Error('the fingerprinter was not started');
      return child.pid;
    },
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

function makeFolder(path: string, owner: number, group: number, mode: number): void {
  mkdirSync(path, { recursive: true });
  chownSync(path, owner, group);
  chmodSync(path, mode);
}
