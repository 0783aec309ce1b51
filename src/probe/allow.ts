import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { isWithin, plainAddress, type Range, standingOf } from './address.ts';
import { probeError } from './errors.ts';

/**
 * What may be asked, as castellan.yaml lists it. An entry is a host or a range, with or without a port.
 *
 *  host    `photos.example.net`; `*` stands for one label: `*.example.net`. Nothing else is a pattern
 *  range   `192.0.2.0/24`, `192.0.2.7`, `2001:db8::/32`
 *  port    `photos.example.net:8443`, `[2001:db8::/32]:*`; without one 80 and 443, `*` is every port
 *
 * A name must be listed before it is even looked up: a question to a name server tells somebody something. What it resolves to
 * may be connected to when it is an address of the internet, or lies in a range of the list; this host, links and the like
 * only in a range that names no more than them, because no name of somebody else's may lead there.
 */
export interface AllowList {
  /** Why a host and a port may not be asked; undefined: they may, as far as that can be told without looking the name up. */
  refusal(host: string, port: number): string | undefined;
  /** The same for the name in a question to a name server. */
  nameRefusal(host: string): string | undefined;
  /** Why an address that `host` resolved to may not be connected to. */
  addressRefusal(address: string): string | undefined;
}

type Ports = 'standard' | 'any' | number;

interface HostEntry {
  readonly labels: readonly string[];
  readonly ports: Ports;
}

interface RangeEntry {
  readonly range: Range;
  readonly ports: Ports;
}

export function openAllowList(entries: readonly string[]): AllowList {
  const parsed = entries.map(parseEntry);
  const hosts = parsed.filter((one) => 'labels' in one);
  const ranges = parsed.filter((one) => 'range' in one);
  const named = (host: string): readonly HostEntry[] => hosts.filter(({ labels }) => isNamed(labels, host));
  const holding = (address: string): readonly RangeEntry[] => {
    const standing = standingOf(address);
    return ranges.filter(
      ({ range }) => isWithin(range, address) && (standing.is !== 'guarded' || isPartOf(range, standing.of)),
    );
  };
  return {
    refusal(host, port) {
      const address = plainAddress(host);
      const found = address === undefined ? named(host) : holding(address);
      if (found.length === 0) return `${host} is not in the list of probe targets`;
      return found.some(({ ports }) => isOpen(ports, port))
        ? undefined
        : `port ${port} of ${host} is not in the list of probe targets`;
    },
    nameRefusal: (host) =>
      plainAddress(host) === undefined && named(host).length > 0
        ? undefined
        : `${host} is not among the names in the list of probe targets`,
    addressRefusal(text) {
      const address = plainAddress(text);
      if (address === undefined) return 'it resolves to something that is no address';
      if (holding(address).length > 0) return undefined;
      const { is } = standingOf(address);
      if (is === 'open') return undefined;
      return is === 'private'
        ? `it resolves to ${address}, a private address that no range in the list of probe targets holds`
        : `it resolves to ${address}, which only a range of its own in the list of probe targets can allow`;
    },
  };
}

function isOpen(ports: Ports, port: number): boolean {
  return ports === 'any' || (ports === 'standard' ? port === 80 || port === 443 : ports === port);
}

function isNamed(labels: readonly string[], host: string): boolean {
  const asked = host.split('.');
  return asked.length === labels.length && labels.every((label, index) => label === '*' || label === asked[index]);
}

function isPartOf(range: Range, whole: Range): boolean {
  return range.bits >= whole.bits && isWithin(whole, range.network);
}

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

function parseEntry(entry: string): HostEntry | RangeEntry {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5}|\*))?$/.exec(entry.trim()) ?? [];
  // An IPv6 address without brackets is full of colons, and has no port.
  if (isIP(entry.trim().split('/')[0] ?? '') === 6) return { range: rangeOf(entry, entry.trim()), ports: 'standard' };
  const ports = port === undefined ? 'standard' : port === '*' ? 'any' : Number(port);
  if (typeof ports === 'number' && (ports < 1 || ports > 65_535)) throw invalid(entry);
  if (bracketed !== undefined) return { range: rangeOf(entry, bracketed), ports };
  if (plain === undefined || plain === '') throw invalid(entry);
  if (isIP(plain.split('/')[0] ?? '') === 4) return { range: rangeOf(entry, plain), ports };
  // What stands for a label would not survive the conversion.
  const ascii = domainToASCII(plain.replaceAll('*', 'x-any-label-x')).replaceAll('x-any-label-x', '*');
  const labels = ascii.replace(/\.$/, '').split('.');
  if (labels.every((one) => one === '*') || !labels.every((one) => one === '*' || label.test(one)) || isIP(ascii) !== 0)
    throw invalid(entry);
  return { labels, ports };
}

function rangeOf(entry: string, text: string): Range {
  const [address = '', bits, ...more] = text.split('/');
  const network = plainAddress(address);
  if (network === undefined || more.length > 0 || (isIP(address) === 6 && isIP(network) === 4)) throw invalid(entry);
  const most = isIP(network) === 6 ? 128 : 32;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > most)) throw invalid(entry);
  return { network, bits: bits === undefined ? most : Number(bits) };
}

function invalid(entry: string): Error {
  return probeError('probe-allow-invalid', {
    message: `${JSON.stringify(entry.slice(0, 100))} is no host and no range`,
    next: 'write photos.example.net, *.example.net, 192.0.2.0/24 or [2001:db8::/32], each with :port or :* behind it where needed',
  });
}
