import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A server that lets everybody in and never says a word: what a call to it waits for, it waits for in vain. */
export interface SilentCluster extends AsyncDisposable {
  readonly server: string;
  /** Resolves with the next connection that is made, as soon as it has sent something. */
  next(): Promise<Socket>;
}

export async function silentCluster(): Promise<SilentCluster> {
  const sockets = new Set<Socket>();
  let waiting = Promise.withResolvers<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      waiting.resolve(socket);
      waiting = Promise.withResolvers<Socket>();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    server: `https://127.0.0.1:${port}`,
    next: () => waiting.promise,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
