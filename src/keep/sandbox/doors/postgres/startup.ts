/**
 * The first messages of Postgres's protocol (version 3), as a server reads and writes them. A client asks for encryption first
 * if it likes, then says who it is and how it wants its session; only after that do messages have a type.
 */
export type FirstMessage =
  | { readonly kind: 'incomplete' }
  /** TLS or GSS: answered with `N`, and the client goes on in clear. Inside the sandbox there is nobody to listen. */
  | { readonly kind: 'encryption'; readonly length: number }
  | {
      readonly kind: 'startup';
      readonly length: number;
      /** Of the protocol's version 3. */
      readonly minor: number;
      readonly settings: ReadonlyMap<string, string>;
    }
  /** A request to cancel, another protocol, or no Postgres client at all. */
  | { readonly kind: 'foreign' };

const encryptionRequests: readonly number[] = [80_877_103, 80_877_104];
const longestStartup = 10_000;

export function readFirstMessage(bytes: Buffer): FirstMessage {
  if (bytes.length < 8) return { kind: 'incomplete' };
  const length = bytes.readUInt32BE(0);
  const code = bytes.readUInt32BE(4);
  if (length < 8 || length > longestStartup) return { kind: 'foreign' };
  if (encryptionRequests.includes(code)) return length === 8 ? { kind: 'encryption', length } : { kind: 'foreign' };
  if (code >>> 16 !== 3) return { kind: 'foreign' };
  if (bytes.length < length) return { kind: 'incomplete' };
  const parts = bytes.toString('utf8', 8, length).split('\0');
  // Names and values by turns, then an empty name, then what follows the last zero: nothing.
  if (parts.length % 2 !== 0 || parts.at(-1) !== '' || parts.at(-2) !== '') return { kind: 'foreign' };
  const settings = new Map<string, string>();
  for (let index = 0; index < parts.length - 2; index += 2) settings.set(parts[index] ?? '', parts[index + 1] ?? '');
  return { kind: 'startup', length, minor: code & 0xffff, settings };
}

export const noEncryption = Buffer.from('N');

/** What a server says to a client whose login is done. `minor`: what the client wanted of version 3. */
export function welcome(parameters: ReadonlyMap<string, string>, minor: number): Buffer {
  return Buffer.concat([
    ...(minor > 0 ? [message('v', int32(0), int32(0))] : []),
    message('R', int32(0)),
    ...[...parameters].map(([name, value]) => message('S', text(name), text(value))),
    // A key that cancels nothing: what would cancel is a connection of its own, and the door makes none.
    message('K', int32(0), int32(0)),
    message('Z', Buffer.from('I')),
  ]);
}

/** An error that ends the connection, with its SQLSTATE. */
export function farewell(state: string, words: string): Buffer {
  const field = (name: string, value: string): Buffer => Buffer.concat([Buffer.from(name), text(value)]);
  return message('E', field('S', 'FATAL'), field('V', 'FATAL'), field('C', state), field('M', words), Buffer.from([0]));
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}
