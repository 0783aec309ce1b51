import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Below what the kernel gives to outgoing connections: a port found free stays free until its part listens on it. */
const range = { from: 20_000, below: 32_000 };

/** Distinct free loopback ports, one a name, none of them `taken`. All are held open until the last is known. */
export async function freePorts(names: readonly string[], taken: ReadonlySet<number>): Promise<Record<string, number>> {
  const held: Server[] = [];
  try {
    const ports: Record<string, number> = {};
    for (const name of names) {
      let server: Server | undefined;
      let port = 0;
      while (server === undefined) {
        port = randomInt(range.from, range.below);
        if (!taken.has(port)) server = await listenOn(port);
      }
      held.push(server);
      ports[name] = port;
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // Refused: nobody is there, which is what was asked.
  } finally {
    socket.destroy();
  }
}
