import { createReadStream, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { type Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { askToEnd, parentOf, signalIfThere } from './gentle.ts';
import { watchGrowth } from './growth.ts';
import { coversOfInherited } from './inherited-descriptors.ts';
import { descriptors, firstDescriptor, go, ready } from './init.ts';
import { collectOutput } from './output.ts';
import type { SandboxedCommand, SandboxResult } from './port.ts';
import { explainFailure, unavailable } from './programs.ts';

/**
 * One run from its start to its end. The process the keep starts is bubblewrap's, outside; the first process inside is another
 * (`inside`), and when that one ends the kernel has ended everything inside before bubblewrap can notice. So whoever wants an
 * end kills `inside`; bubblewrap is killed only if that does not help, and it takes `inside` with it, as the end of the keep
 * does (`--die-with-parent`). A command that is to be ended gently is asked first: gentle.ts.
 */
export interface Run {
  readonly command: SandboxedCommand;
  readonly signal: AbortSignal;
  /** Put before everything: becomes another user. Empty: stays the keep's. */
  readonly become: readonly string[];
  readonly bwrap: string;
  readonly args: readonly string[];
  readonly files: readonly Buffer[];
  readonly filter: Buffer;
  readonly init: readonly string[];
  /** The program behind each socket inside. */
  readonly listener: string;
  readonly growthBytes: number;
}

/**
 * What bubblewrap is started by. The keep is worth more than a plan when memory ends; where that cannot be written, it is all the
 * same to the run. And a keep may be killed in the few milliseconds before bubblewrap asks to be ended with it: so a shell beside
 * it waits for the end of a pipe that the keep holds, and ends the whole group.
 */
const before = [
  '/bin/sh',
  '-c',
  `{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
( { read -r _ <&${descriptors.watch} || kill -s KILL -- "-$$"; } >/dev/null 2>&1 3<&- 4>&- 5>&- 6<&- 7<&- & )
exec "$@" ${descriptors.watch}<&-`,
  'castellan',
];

/** From `kill` to the end of everything inside; a process in the middle of a slow write takes its time. */
const graceMs = 5_000;

type Ending = 'timeout' | 'too-much-output' | 'cancelled';

export async function runToEnd(run: Run): Promise<SandboxResult> {
  const { command, signal } = run;
  if (signal.aborted) return { exitCode: undefined, ended: 'cancelled', stdout: '', stderr: '' };
  const child = start(run);
  let ending: Ending | undefined;
  let inside: number | undefined;
  let late: NodeJS.Timeout | undefined;
  let isHeld = false;
  let isKilled = false;
  let asking: { stop(): void } | undefined;
  const kill = (): void => {
    isKilled = true;
    // Before it has said what is inside, killing bubblewrap would leave that behind: then it is killed once it says it.
    if (inside !== undefined) signalIfThere(inside, 'SIGKILL');
    late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  const end = (why: Ending): void => {
    if (ending !== undefined) return;
    ending = why;
    const { gentle } = command;
    const isAsked = gentle !== undefined && why !== 'too-much-output' && isHeld;
    if (isAsked && inside !== undefined) {
      asking = askToEnd({ inside, listener: run.listener, graceMs: gentle.graceMs, kill });
    } else kill();
  };
  const output = collectOutput({
    mostBytes: command.outputBytes,
    onTooMuch: () => end('too-much-output'),
    onLine: command.onLine?.bind(command),
  });
  const info = textOf(child.stdio[descriptors.info], (text) => {
    inside = insideOf(text);
    if (inside !== undefined && ending !== undefined) signalIfThere(inside, 'SIGKILL');
  });
  const said = textOf(child.stdio[descriptors.ready], (text) => {
    if (text.trim() !== ready || ending !== undefined) return;
    // Were bubblewrap dead already, what is inside would have another parent and never be ended with it.
    isHeld = inside !== undefined && parentOf(inside) === child.pid;
    const line = child.stdio[descriptors.go];
    if (line instanceof Writable) line.end(isHeld ? go : '');
  });
  child.stdout.on('data', (bytes: Buffer) => output.take('stdout', bytes));
  child.stderr.on('data', (bytes: Buffer) => output.take('stderr', bytes));
  child.nodeChildProcess.once('exit', () => {
    const line = child.stdio[descriptors.watch];
    if (line instanceof Writable) line.end();
  });
  const wall = setTimeout(() => end('timeout'), command.wallMs);
  const cancel = (): void => end('cancelled');
  signal.addEventListener('abort', cancel, { once: true });
  const growth = watchGrowth(command.binds, run.growthBytes, () => end('too-much-output'));
  const done = await child.finally(() => {
    clearTimeout(wall);
    clearTimeout(late);
    asking?.stop();
    growth.stop();
    signal.removeEventListener('abort', cancel);
  });
  await info;
  const first = await said;
  output.finish();
  // Only then can it still be there; otherwise its number may be another's by now.
  if (done.exitCode === undefined) await goneOf(inside);
  const result = { stdout: output.text('stdout'), stderr: output.text('stderr') };
  if (ending !== undefined)
    return { exitCode: isKilled ? undefined : ownExit(done.exitCode), ended: ending, ...result };
  if (first.trim() !== ready)
    throw explainFailure(first.trim() === '' ? result.stderr || (done.shortMessage ?? '') : first);
  // Never begun: somebody killed bubblewrap.
  const exitCode = isHeld ? ownExit(done.exitCode) : undefined;
  return { exitCode, ended: exitCode === undefined ? 'signal' : 'exit', ...result };
}

/** Beyond 128 it is a shell's way to say that a signal ended what it started. */
function ownExit(exitCode: number | undefined): number | undefined {
  return exitCode === undefined || exitCode > 128 ? undefined : exitCode;
}

/** A pipe that the keep writes into, or only holds. */
const open = { value: 'pipe', input: true } as const;

/** The arguments go through a descriptor: they hold credentials, and the list of processes is everybody's to read. */
function start({ become, bwrap, args, filter, files, init }: Run) {
  const given = ['--args', descriptors.args, '--info-fd', descriptors.info, '--seccomp', descriptors.filter].map(
    String,
  );
  const [program = '', ...rest] = [...become, ...before, bwrap, ...given, '--', ...init];
  const listed = Buffer.from(args.map((text) => `${text}\0`).join(''));
  const [going, held] = [open, open];
  const cover = createReadStream(devNull, { fd: openSync(devNull, 'r') });
  try {
    const covers = coversOfInherited(firstDescriptor + files.length, cover);
    return execa(program, rest, {
      env: {},
      extendEnv: false,
      cwd: '/',
      // A group of its own, which is ended as one.
      detached: true,
      buffer: false,
      reject: false,
      stdio: ['ignore', 'pipe', 'pipe', listed, 'pipe', 'pipe', going, filter, held, ...files, ...covers],
    });
  } finally {
    cover.destroy();
  }
}

/** The pid, outside, of the first process inside. */
function insideOf(text: string): number | undefined {
  const [, pid] = /"child-pid": (\d+)\D/.exec(text) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

async function textOf(stream: unknown, onText?: (text: string) => void): Promise<string> {
  let text = '';
  for await (const chunk of stream as Readable) {
    text += String(chunk);
    onText?.(text);
  }
  return text;
}

/** When bubblewrap was killed, the first process inside outlives it by a moment: nothing may be wiped before it is gone. */
async function goneOf(inside: number | undefined): Promise<void> {
  if (inside === undefined) return;
  for (let waited = 0; waited < graceMs; waited += 10) {
    if (!signalIfThere(inside, 'SIGKILL')) return;
    await sleep(10);
  }
  throw unavailable('a run could not be ended', `end process ${inside} by hand, then look at the keep’s machine`);
}
