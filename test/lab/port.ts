import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Distinct free loopback ports, one a name. All are held open until the last is known, so no two are the same. */
export async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const held: Server[] = [];
  try {
    const ports: Record<string, number> = {};
    for (const name of names) {
      const server = createServer();
      held.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a listener has no port');
      ports[name] = address.port;
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
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
