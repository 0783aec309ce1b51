import { defineErrors } from '../kit/errors.ts';
import { type DaemonAddress, type Link, linkToDaemon } from '../server/shim/daemon-link.ts';
import { LineSplitter } from '../server/shim/lines.ts';

const sessionError = defineErrors({
  'daemon-gone': { audience: 'operator', meaning: 'The daemon ended the connection before it answered.' },
  'daemon-refused': { audience: 'operator', meaning: 'The daemon answered the command with a protocol error.' },
});

export function daemonGone(): Error {
  return sessionError('daemon-gone', {
    message: 'the daemon went away before it answered',
    next: 'run the command again; `castellan status` says whether a daemon runs',
  });
}

/** One MCP connection to the daemon, as the command line needs it: ask, hear progress, get the answer. */
export interface AgentSession extends AsyncDisposable {
  request(method: string, params: object, onProgress?: (message: string) => void): Promise<unknown>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ((message: string) => void) | undefined;
}

export async function openAgentSession(address: DaemonAddress, note: (line: string) => void): Promise<AgentSession> {
  return openSessionOn(await linkToDaemon(address, note), address.build.version);
}

/** Imports only Node, as everything on the way of a prompt. */
export async function openSessionOn({ socket }: Link, version: string): Promise<AgentSession> {
  const waiting = new Map<number, Waiting>();
  const lines = new LineSplitter();
  let lastId = 0;
  let isGone = false;

  const receive = (line: string): void => {
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null) return;
    if ('method' in message) {
      const params = 'params' in message ? message.params : undefined;
      if (message.method !== 'notifications/progress' || typeof params !== 'object' || params === null) return;
      if (!('progressToken' in params) || typeof params.progressToken !== 'number') return;
      if ('message' in params) waiting.get(params.progressToken)?.onProgress?.(String(params.message));
      return;
    }
    if (!('id' in message) || typeof message.id !== 'number') return;
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) {
      const { error } = message;
      const said =
        typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'an error';
      waiter?.reject(
        sessionError('daemon-refused', { message: `the daemon answered: ${said}`, next: 'run `castellan doctor`' }),
      );
    } else waiter?.resolve('result' in message ? message.result : undefined);
  };

  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) if (line !== '') receive(line);
  });
  socket.once('close', () => {
    isGone = true;
    const gone = daemonGone();
    for (const waiter of waiting.values()) waiter.reject(gone);
  });
  socket.resume();

  const send = (message: object): void => {
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const request: AgentSession['request'] = (method, params, onProgress) => {
    if (isGone) return Promise.reject(daemonGone());
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject, onProgress });
    send({ id, method, params: { ...params, _meta: { progressToken: id } } });
    return promise;
  };

  await request('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'castellan-cli', version },
  });
  send({ method: 'notifications/initialized' });

  return {
    request,
    [Symbol.asyncDispose]: async () => {
      socket.end();
    },
  };
}
