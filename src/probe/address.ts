import { BlockList, isIP } from 'node:net';

/** Which addresses there are, as far as it decides whether one may be connected to. */

export interface Range {
  readonly network: string;
  readonly bits: number;
}

function range(network: string, bits: number): Range {
  return { network, bits };
}

/**
 * This host, its links, and everybody at once: what answers there trusts whoever can reach it. Also addresses with another one
 * inside of them, which a router may take out again.
 */
const guarded: readonly Range[] = [
  range('0.0.0.0', 8),
  range('127.0.0.0', 8),
  range('169.254.0.0', 16),
  range('192.0.0.0', 24),
  range('100.100.100.200', 32),
  range('224.0.0.0', 4),
  range('240.0.0.0', 4),
  range('::', 96),
  range('fe80::', 10),
  range('fec0::', 10),
  range('ff00::', 8),
  range('fd00:ec2::254', 128),
  range('64:ff9b::', 96),
  range('64:ff9b:1::', 48),
  range('2002::', 16),
  range('2001::', 32),
];

const inside: readonly Range[] = [
  range('10.0.0.0', 8),
  range('100.64.0.0', 10),
  range('172.16.0.0', 12),
  range('192.168.0.0', 16),
  range('198.18.0.0', 15),
  range('fc00::', 7),
];

const lists = new WeakMap<Range, BlockList>();

/** `address` in its plain form (`plainAddress`). */
export function isWithin(range: Range, address: string): boolean {
  const { network, bits } = range;
  if (isIP(network) !== isIP(address)) return false;
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const known = lists.get(range) ?? new BlockList();
  if (!lists.has(range)) {
    known.addSubnet(network, bits, family);
    lists.set(range, known);
  }
  return known.check(address, family);
}

/** An address as one writes it; of an IPv4 address in IPv6 clothes the IPv4 address. Undefined: it is none. */
export function plainAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) !== 6 || bare.includes('%')) return undefined;
  const written = URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written ?? '') ?? [];
  if (high === undefined || low === undefined) return written;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** `open`: anybody's on the internet. */
export function standingOf(
  address: string,
): { readonly is: 'open' | 'private' } | { readonly is: 'guarded'; of: Range } {
  const of = guarded.find((one) => isWithin(one, address));
  if (of !== undefined) return { is: 'guarded', of };
  return { is: inside.some((one) => isWithin(one, address)) ? 'private' : 'open' };
}
