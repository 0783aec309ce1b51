import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { z } from 'zod';
import { readBuild } from '../../src/server/build.ts';
import { controlDaemon } from '../../src/server/shim/daemon-link.ts';

/**
 * A Castellan of its own for one suite: a directory under the system's temporary folder that is home, data directory and
 * working directory, with an environment that has nothing of ours. Disposing of it stops every process it started, the
 * daemons that sessions started among them, each by its id.
 */
export class ScratchCastellan implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'castellan-e2e-'));
  readonly home = join(this.directory, 'data');
  readonly #children = new Set<ChildProcess>();

  constructor() {
    mkdirSync(this.home, { mode: 0o700 });
  }

  /** The whole environment of a process: what a login would give it, no more, and a free port of loopback. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.directory,
      LANG: 'C.UTF-8',
      CASTELLAN_HOME: this.home,
      CASTELLAN_HTTP_LISTEN: '127.0.0.1:0',
      ...more,
    };
  }

  /** Writes a castellan.yaml and returns its path. */
  configure(config: object, name = 'castellan.yaml'): string {
    const file = join(this.directory, name);
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
  }

  /** A cluster that is configured and cannot be reached: its tools are listed, nothing answers. */
  unreachableCluster(): object {
    const kubeconfig = join(this.directory, 'unreachable.kubeconfig');
    const name = 'unreachable';
    const content = {
      'current-context': name,
      clusters: [{ name, cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    };
    writeFileSync(kubeconfig, stringify(content), { mode: 0o600 });
    return { kubernetes: { kubeconfig } };
  }

  /** Every group is configured, and nothing answers: all tools are listed. */
  everythingUnreachable(): object {
    const auth = { kind: 'token-file', file: join(this.directory, 'vault-token') };
    // What a keep would know of Vault's values is missing too, and is not waited for.
    const vault = { address: 'http://127.0.0.1:9', auth, redaction: 'degraded' };
    return { ...this.unreachableCluster(), vault, keep: { socket: join(this.directory, 'keep.sock') } };
  }

  /** `castellan serve`, once it serves. Throws with what it printed when it ends, or does not come up in time. */
  async serve(...words: readonly string[]): Promise<ServedDaemon> {
    const child = this.start('serve', words);
    const printed: string[] = [];
    const { promise: served, resolve, reject } = Promise.withResolvers<ServedDaemon>();
    const failed = (how: string) => () => reject(new Error(`castellan serve ${how}:\n${printed.join('\n')}`));
    createInterface({ input: child.stderr }).on('line', (line) => {
      printed.push(line);
      const serving = parseServing(line);
      if (serving === undefined) return;
      resolve({ url: serving.http ?? '', pid: serving.pid, printed, stop: () => this.#stop(child) });
    });
    child.once('close', failed('ended before it served'));
    const late = setTimeout(failed('did not serve in time'), startDeadlineMs);
    return served.finally(() => clearTimeout(late));
  }

  /** Any other command, to its end. */
  async run(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = this.start(undefined, words);
    child.stdin.end();
    const [stdout, stderr, code] = await Promise.all([
      readAll(child.stdout),
      readAll(child.stderr),
      new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1))),
    ]);
    return { code, stdout, stderr };
  }

  /** `castellan [words] command`, running. */
  start(command: string | undefined, words: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const child = spawn(
      process.execPath,
      [mainFile, ...words.filter(isGlobal), ...maybe(command), ...words.filter(isOwn)],
      {
        cwd: this.directory,
        env: this.environment(more),
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  /** A bearer token for this data directory, and its id. */
  async token(...words: readonly string[]): Promise<{ token: string; id: string }> {
    const made = await this.run('token', 'create', '--agent', 'suite', '--human', 'ada', ...words);
    if (made.code !== 0) throw new Error(made.stderr);
    return { token: made.stdout.trim(), id: /tok_[0-9a-f]+/.exec(made.stderr)?.[0] ?? '' };
  }

  /** The daemon that serves this data directory; undefined when none does. */
  async daemon(): Promise<{ pid: number; clients: number } | undefined> {
    const reached = await controlDaemon({ home: this.home, config: null, build: readBuild() }, 'status');
    return reached === undefined ? undefined : { pid: reached.welcome.pid, clients: reached.welcome.clients };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.#children]) await this.#stop(child);
    const daemon = await this.daemon();
    if (daemon !== undefined) await stopProcess(daemon.pid);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(late);
  }
}

export interface ServedDaemon {
  /** Of the MCP endpoint; empty when it has no HTTP listener. */
  readonly url: string;
  readonly pid: number;
  /** The lines of its log so far; grows. */
  readonly printed: readonly string[];
  stop(): Promise<void>;
}

const startDeadlineMs = 30_000;

export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Ends a process by its id and waits until it is gone. */
export async function stopProcess(pid: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (let sent = false; isAlive(pid); sent = true) {
    if (!sent) process.kill(pid, signal);
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: what was asked.
    return false;
  }
}

export async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const serving = z.object({ msg: z.literal('daemon.serving'), pid: z.int(), http: z.string().nullable() });

function parseServing(line: string) {
  if (!line.startsWith('{')) return undefined;
  return serving.safeParse(JSON.parse(line)).data;
}

const globals = /^--(config|home)=/;
const isGlobal = (word: string): boolean => globals.test(word);
const isOwn = (word: string): boolean => !globals.test(word);

function maybe(command: string | undefined): readonly string[] {
  return command === undefined ? [] : [command];
}
