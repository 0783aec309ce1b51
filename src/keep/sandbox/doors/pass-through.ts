import { connect, createServer, type Socket } from 'node:net';
import { type Door, type DoorOptions, openDoor } from './door.ts';

export interface PassThroughOptions extends DoorOptions {
  readonly to: { readonly host: string; readonly port: number };
}

const connectMs = 10_000;

/** A door to one TCP address, byte for byte. What cannot be reached is a connection that is broken off at once. */
export function startPassThrough({ to, ...options }: PassThroughOptions): Promise<Door> {
  const server = createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect({ ...to, allowHalfOpen: true });
    outside.setTimeout(connectMs, () => outside.destroy());
    outside.once('connect', () => outside.setTimeout(0));
    join(inside, outside);
  });
  return openDoor(server, options);
}

/** Two connections that live and end together. */
export function join(inside: Socket, outside: Socket): void {
  for (const [one, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    one.pipe(other);
    // `close` follows, which ends the other; why it broke is nothing the run is told.
    one.on('error', () => one.destroy());
    one.once('close', () => other.destroy());
  }
}
