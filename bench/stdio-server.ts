import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** An MCP server over stdio as a client sees it, with a clock and a scale: no library between the two. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly result: unknown;
  /** Of the whole message, as it came. */
  readonly bytes: number;
  readonly ms: number;
}

const reply = z.object({ id: z.number(), result: z.unknown().optional(), error: z.unknown().optional() });

export class StdioServer implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  #asked = 0;

  /** Starts it and speaks the opening of revision 2025-11-25, which every server here knows. */
  static async open(command: Command): Promise<StdioServer> {
    const server = new StdioServer(command);
    const clientInfo = { name: 'bench', version: '1' };
    await server.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    server.#write({ method: 'notifications/initialized' });
    return server;
  }

  private constructor({ file, args, env }: Command) {
    this.#child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.once('close', () => {
      for (const one of this.#waiting.values()) one.reject(new Error('the server ended before it answered'));
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const { id } = z.object({ id: z.number().optional() }).parse(JSON.parse(line));
      if (id !== undefined) this.#waiting.get(id)?.resolve(line);
    });
  }

  async ask(method: string, params: object = {}): Promise<Answered> {
    const id = ++this.#asked;
    const begun = performance.now();
    const waiting = Promise.withResolvers<string>();
    this.#waiting.set(id, waiting);
    this.#write({ id, method, params });
    const line = await waiting.promise;
    const ms = performance.now() - begun;
    this.#waiting.delete(id);
    const { result, error } = reply.parse(JSON.parse(line));
    if (error !== undefined) throw new Error(`${method} was answered with ${JSON.stringify(error)}`);
    return { result, bytes: Buffer.byteLength(line), ms };
  }

  /** A tool's answer as text. */
  async call(name: string, given: object): Promise<Answered & { readonly text: string }> {
    const answered = await this.ask('tools/call', { name, arguments: given });
    const { content, isError } = toolResult.parse(answered.result);
    const text = content.map((one) => one.text).join('\n');
    if (isError) throw new Error(`${name} was answered with: ${text}`);
    return { ...answered, text };
  }

  /** Resident memory of the process and all it started, in MiB. */
  memory(): number {
    return processTree(this.#child.pid ?? 0).reduce((sum, pid) => sum + residentMemory(pid), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tree = processTree(this.#child.pid ?? 0);
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    const late = setTimeout(() => {
      for (const pid of tree) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGTERM');
    }, 2_000);
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended;
    clearTimeout(late);
  }

  #write(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

const toolResult = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  isError: z.boolean().default(false),
});

/** In MiB, as the kernel counts it (VmRSS). */
export function residentMemory(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

function processTree(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}
