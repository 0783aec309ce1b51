import { availableParallelism } from 'node:os';
import { checkBinds, checkSockets } from './binds.ts';
import { sandboxError } from './errors.ts';
import { initOf } from './init.ts';
import { endOrphans } from './orphans.ts';
import type { Sandbox, SandboxedCommand, SandboxResult } from './port.ts';
import { findPrograms, type SandboxPrograms, unavailable } from './programs.ts';
import { runToEnd } from './run-to-end.ts';
import { seccompProgram } from './seccomp.ts';
import { viewOf } from './view.ts';

/**
 * The sandbox: bubblewrap with every namespace, a filter of system calls, limits, and a view of the machine that holds what
 * the run was given and /usr. Under one user for all runs (`uid`) when the keep is root; under the keep's own otherwise.
 *
 *   view.ts        what is seen inside        binds.ts     what may be shown at all
 *   init.ts        the first process inside   seccomp.ts   what the kernel does not do for it
 *   run-to-end.ts  its life and its end       doors/       sockets that lead to one address each
 *   gentle.ts      asking before killing
 *
 * Inside: HOME is /home/plan, TMPDIR /tmp, both empty and `fileMb` large; no authority is trusted until a file is bound at
 * `trustBundle`; PATH is /usr/local/bin:/usr/bin:/bin unless `env` says otherwise. Every folder above what is bound must let
 * the user in (mode 0711 is enough), and a writable folder must be its own: `giveTo`.
 */
export interface SandboxOptions {
  readonly programs: SandboxPrograms;
  /** The user that runs have when the keep is root: never 0. */
  readonly uid: number;
  /** Data a process may have. */
  readonly memoryMb: number;
  /** Processes and threads of one run, together. */
  readonly processes: number;
  /** One file, each of /tmp and the home, and what all writable binds may grow by together. */
  readonly fileMb: number;
  /** Places no run is ever shown: the keep's state directory and configuration. */
  readonly never: readonly string[];
}

const megabyte = 1024 * 1024;

/** Looks at nothing yet: the first run or `probe` does. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { memoryMb, processes, fileMb, never } = options;
  const identity = identityOf(options.uid);
  let programs: Promise<SandboxPrograms> | undefined;
  const found = async (): Promise<SandboxPrograms> => {
    // What is missing may be installed while the keep runs: only success is remembered.
    programs ??= findPrograms(options.programs)
      .then(async (present) => {
        await endOrphans();
        return present;
      })
      .catch((cause: unknown) => {
        programs = undefined;
        throw cause;
      });
    return programs;
  };

  const run = async (command: SandboxedCommand, signal: AbortSignal): Promise<SandboxResult> => {
    if (identity === undefined) {
      throw unavailable('runs would be root’s', 'give `sandbox.uid` in keep.yaml a user of its own, not 0');
    }
    const present = await found();
    checkShape(command);
    await checkBinds(command.binds, never);
    await checkSockets(command.sockets, never);
    const { uid, gid, isChanged } = identity;
    const fileBytes = fileMb * megabyte;
    const { args, files } = viewOf(command, { uid, gid, fileBytes });
    return runToEnd({
      command,
      signal,
      become: isChanged ? [present.setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'] : [],
      bwrap: present.bwrap,
      args,
      files,
      filter: seccompProgram(process.arch),
      init: initOf(command, present, {
        memoryBytes: memoryMb * megabyte,
        processes,
        fileBytes,
        // A process on every core until the last moment.
        cpuSeconds: Math.ceil((command.wallMs + (command.gentle?.graceMs ?? 0)) / 1000) * availableParallelism() + 1,
      }),
      listener: present.socat,
      growthBytes: fileBytes,
    });
  };

  return { run, probe: () => probe(run) };
}

async function probe(run: Sandbox['run']): Promise<Awaited<ReturnType<Sandbox['probe']>>> {
  const started = performance.now();
  try {
    const { ended, exitCode, stderr } = await run(
      {
        argv: ['/bin/sh', '-c', 'test ! -e /proc/self && test ! -e /root && test ! -e /sys/kernel'],
        cwd: '/tmp',
        env: {},
        binds: [],
        sockets: [],
        wallMs: 20_000,
        outputBytes: 10_000,
      },
      AbortSignal.timeout(30_000),
    );
    if (exitCode === 0)
      return { works: true, detail: `a sandbox started in ${Math.round(performance.now() - started)} ms` };
    return {
      works: false,
      detail: `a test in the sandbox ended with ${exitCode ?? ended}: ${stderr.slice(0, 200)}`,
      next: 'the machine shows runs more than it should: report this with the version of bubblewrap',
    };
  } catch (error) {
    if (!(error instanceof Error && 'next' in error && typeof error.next === 'string')) throw error;
    return { works: false, detail: error.message, next: error.next };
  }
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly isChanged: boolean;
}

/** Undefined when runs would be root's. */
function identityOf(uid: number): Identity | undefined {
  const own = process.getuid?.();
  if (own !== 0) return { uid: own ?? uid, gid: process.getgid?.() ?? uid, isChanged: false };
  return uid === 0 ? undefined : { uid, gid: uid, isChanged: true };
}

function checkShape({ argv, cwd, env }: SandboxedCommand): void {
  const texts = [...argv, cwd, ...Object.entries(env).flat()];
  const badName = Object.keys(env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (badName === undefined && !texts.some((text) => text.includes('\0')) && argv[0].startsWith('/')) return;
  throw sandboxError('sandbox-request-refused', {
    message: 'the run was not started: its program is no absolute path, or its environment is malformed',
    next: 'correct the profile in keep.yaml: programs are absolute paths, variables are named by letters, digits and _',
  });
}
