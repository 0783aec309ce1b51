import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxedCommand, SandboxResult } from './port.ts';
import { createSandbox, type SandboxOptions } from './sandbox.ts';

export const runsUid = 61_001;

export const sandboxOptions: SandboxOptions = {
  programs: {
    bwrap: '/usr/bin/bwrap',
    socat: '/usr/bin/socat',
    prlimit: '/usr/bin/prlimit',
    setpriv: '/usr/bin/setpriv',
  },
  uid: runsUid,
  memoryMb: 2_048,
  processes: 200,
  fileMb: 64,
  never: [],
};

/** A run's folder on tmpfs, with a clone that belongs to the user of runs. */
export interface ScratchRun extends Disposable {
  readonly folder: string;
  readonly clone: string;
}

export function makeScratchRun(): ScratchRun {
  const folder = mkdtempSync('/dev/shm/castellan-run-');
  chmodSync(folder, 0o711);
  const clone = join(folder, 'clone');
  mkdirSync(clone);
  chownSync(clone, runsUid, runsUid);
  return { folder, clone, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface InSandbox extends Partial<SandboxedCommand> {
  readonly options?: Partial<SandboxOptions>;
  readonly signal?: AbortSignal;
}

/** A shell script, run in a sandbox of its own. */
export function inSandbox(script: string, { options, signal, ...command }: InSandbox = {}): Promise<SandboxResult> {
  return createSandbox({ ...sandboxOptions, ...options }).run(
    {
      argv: ['/bin/sh', '-c', script],
      cwd: '/tmp',
      env: {},
      binds: [],
      sockets: [],
      wallMs: 60_000,
      outputBytes: 1_000_000,
      ...command,
    },
    signal ?? new AbortController().signal,
  );
}
