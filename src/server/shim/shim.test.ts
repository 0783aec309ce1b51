import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { protocol, schema } from '../handshake.ts';
import { LineSplitter } from './lines.ts';
import { runShim } from './shim.ts';

const build = { version: '1.0.0', stamp: '' };
const welcome = `${JSON.stringify({ castellan: protocol, build, schema, config: null, pid: 1, clients: 0 })}\n`;
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-shim-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

/** A daemon as the shim sees it: a handshake, then lines. */
class FakeDaemon {
  readonly received: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #client: Socket | undefined;

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      const lines = new LineSplitter();
      let greeted = false;
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const line of lines.push(chunk)) {
          if (greeted) this.received.push(line);
          else {
            greeted = true;
            this.#client = socket;
            socket.write(welcome);
          }
        }
      });
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(join(home, 'agent.sock'), resolve));
  }

  send(message: object | string): void {
    this.#client?.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function startShim() {
  const input = new PassThrough();
  const output = new PassThrough();
  const shown: string[] = [];
  const lines = new LineSplitter();
  output.on('data', (chunk: Buffer) => shown.push(...lines.push(chunk)));
  const finished = runShim({ input, output, address: { home, config: null, build }, note: () => undefined });
  return { shown, finished, input, say: (message: object) => input.write(`${JSON.stringify(message)}\n`) };
}

const until = (condition: () => boolean): Promise<void> =>
  expect.poll(condition, { timeout: 5_000, interval: 5 }).toBe(true);

describe('the shim', () => {
  it('passes lines both ways, cancellation among them, and leaves with the client', async () => {
    const daemon = new FakeDaemon();
    await daemon.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
    shim.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await until(() => daemon.received.length === 2);
    expect(daemon.received[1]).toContain('notifications/cancelled');
    daemon.send({ jsonrpc: '2.0', id: 1, result: {} });
    await until(() => shim.shown.length === 1);
    shim.input.end();
    await shim.finished;
    await daemon.close();
  });

  it('writes nothing to its output that is not a message', async () => {
    const daemon = new FakeDaemon();
    await daemon.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await until(() => daemon.received.length === 1);
    daemon.send('(node:1) Warning: something printed');
    daemon.send({ jsonrpc: '2.0', id: 1, result: {} });
    await until(() => shim.shown.length > 0);
    expect(shim.shown).toEqual(['{"jsonrpc":"2.0","id":1,"result":{}}']);
    shim.input.end();
    await shim.finished;
    await daemon.close();
  });

  it('survives a daemon: the opening is repeated unheard, the lost call is answered, the next one works', async () => {
    const first = new FakeDaemon();
    await first.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 0, method: 'initialize' });
    await until(() => first.received.length === 1);
    first.send({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-11-25' } });
    shim.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
    shim.say({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'kubectl_get' } });
    await until(() => first.received.length === 3);

    const second = new FakeDaemon();
    await first.close();
    await second.listen();
    shim.say({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    await until(() => second.received.length === 3);
    expect(second.received.map((line) => JSON.parse(line).method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
    ]);
    second.send({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-11-25' } });
    second.send({ jsonrpc: '2.0', id: 2, result: { tools: [] } });
    await until(() => shim.shown.length === 3);
    const shown = shim.shown.map((line) => JSON.parse(line));
    expect(shown[1]).toMatchObject({
      id: 1,
      error: {
        message: expect.stringMatching(/restarted during .*only looks.*call again.*records or proposes.*not known/),
      },
    });
    expect(shown[2]).toMatchObject({ id: 2, result: { tools: [] } });
    shim.input.end();
    await shim.finished;
    await second.close();
  });

  it('asks the next daemon again for what stays open by design', async () => {
    const first = new FakeDaemon();
    await first.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 'sub', method: 'subscriptions/listen' });
    await until(() => first.received.length === 1);
    const second = new FakeDaemon();
    await first.close();
    await second.listen();
    await until(() => second.received.length === 1);
    expect(second.received[0]).toContain('subscriptions/listen');
    expect(shim.shown).toEqual([]);
    shim.input.end();
    await shim.finished;
    await second.close();
  });

  it('leaves with a client that goes while the daemon is away, and stays connected to no other', async () => {
    const first = new FakeDaemon();
    await first.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await until(() => first.received.length === 1);
    // In its place one that takes connections and welcomes nobody: the shim is in the middle of joining it.
    await first.close();
    const joining = Promise.withResolvers<Socket>();
    const second = createServer((socket) => joining.resolve(socket));
    await new Promise<void>((resolve) => second.listen(join(home, 'agent.sock'), resolve));
    const socket = await joining.promise;
    shim.input.end();
    await shim.finished;
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write(welcome);
    await gone;
    await new Promise((resolve) => second.close(resolve));
  });

  it('gives up, with words, on a daemon that takes the connection and says nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const greeted = Promise.withResolvers<void>();
    const server = createServer((socket) => void socket.once('data', () => greeted.resolve()));
    await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve));
    const refused = expect(startShim().finished).rejects.toThrowError(/did not say a word for 30 s.*daemon\.log/);
    await greeted.promise;
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets go of a client that it can bring to no daemon again: one that waits would wait for ever', async () => {
    const daemon = new FakeDaemon();
    await daemon.listen();
    const shim = startShim();
    shim.say({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    await until(() => daemon.received.length === 1);
    const refused = expect(shim.finished).rejects.toThrowError(/serves another/);
    await daemon.close();
    const server = createServer((socket) => {
      socket.end(`${JSON.stringify({ refused: 'this daemon serves another' })}\n`);
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve));
    await refused;
    expect(shim.input.destroyed).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it("stops with the daemon's reason when it is refused", async () => {
    const server = createServer((socket) => {
      socket.end(`${JSON.stringify({ refused: 'this daemon serves /etc/other.yaml' })}\n`);
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve));
    await expect(startShim().finished).rejects.toThrowError(/serves \/etc\/other\.yaml/);
    await new Promise((resolve) => server.close(resolve));
  });
});
