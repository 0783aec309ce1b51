import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { Schema } from './shape.ts';

/**
 * Kinds of text a configuration holds, for the core and for every group. What is typed as a path or as a reference to a
 * secret is recognised by its schema: loading makes it absolute and looks at the file, and the value stays text, so that
 * reading it with the same schema again changes nothing.
 */
type Kind = 'path' | 'secret';

const kinds = z.registry<{ kind: Kind }>();

export function kindOf(schema: Schema): Kind | undefined {
  return kinds.get(schema)?.kind;
}

/** A path: absolute, `~/…`, or relative to the folder of castellan.yaml. */
export function filePath() {
  return z
    .string()
    .regex(/^[^\0\r\n]+$/, 'takes a path')
    .register(kinds, { kind: 'path' });
}

const fileForm = String.raw`(?:~|\.{1,2})?/[^\0\r\n]+`;
const segment = String.raw`(?!\.{1,2}(?:/|#))[A-Za-z0-9._-]+`;
const vaultForm = `vault://${segment}(?:/${segment})+#[A-Za-z0-9._-]+(?:@[1-9][0-9]{0,8})?`;

/** Where a secret is; never the secret itself. `readSecret` opens it. */
export function secretReference() {
  return z
    .string()
    .regex(
      new RegExp(`^(?:${fileForm}|${vaultForm})$`),
      'takes where the secret is, never the secret itself: a file (/path, ~/path or ./path) or vault://mount/path#key',
    )
    .register(kinds, { kind: 'secret' });
}

export interface ListenAddress {
  /** An IP address without brackets, or `localhost`. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** `127.0.0.1:7420`, `[::1]:7420`, `localhost:7420`. A name would listen wherever it happens to point. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, six, four, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port <= 65_535)) return undefined;
  if (six !== undefined) return isIP(six) === 6 ? { host: six, port } : undefined;
  if (four === undefined) return undefined;
  return four === 'localhost' || isIP(four) === 4 ? { host: four, port } : undefined;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Exactly what a browser sends as Origin. */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
}
