import { chmod, chown, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { sandboxError } from '../errors.ts';

/**
 * A door: a Unix socket in a run's folder behind which a server of the keep stands. It lives as long as the run; disposing it
 * breaks off what is connected and takes the socket away.
 */
export interface Door extends AsyncDisposable {
  /** Path of the socket, for `BoundSocket.from`. */
  readonly socket: string;
}

export interface DoorOptions {
  /** In a folder only the keep can write to. Nothing may be there yet; a path of at most 100 bytes. */
  readonly socketPath: string;
  /** The user runs have, when that is not the keep's own. */
  readonly uid?: number | undefined;
}

/** More connections at once than any plan makes. */
const mostConnections = 128;

/** Opens the door: only the run's user can go through it. Errors: `sandbox-door-failed`. */
export async function openDoor(server: Server, { socketPath, uid }: DoorOptions): Promise<Door> {
  // The kernel cuts longer ones, and another file would be made.
  if (Buffer.byteLength(socketPath) > 100) throw failed(`the path ${socketPath} is too long for a socket`);
  const connected = new Set<Socket>();
  server.maxConnections = mostConnections;
  server.on('connection', (socket: Socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    });
    await chmod(socketPath, 0o600);
    if (uid !== undefined && process.getuid?.() === 0) await chown(socketPath, uid, uid);
  } catch (cause) {
    server.close();
    throw failed(`${socketPath} could not be opened`, cause);
  }
  return {
    socket: socketPath,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connected) socket.destroy();
      await closed;
      // Node takes it away itself, unless somebody moved it.
      await rm(socketPath, { force: true });
    },
  };
}

export function failed(message: string, cause?: unknown): Error {
  return sandboxError('sandbox-door-failed', {
    message,
    next: 'check the folder of the run and the endpoints of the profile in keep.yaml',
    ...(cause === undefined ? {} : { cause }),
  });
}
