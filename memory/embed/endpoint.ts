import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isLoopback } from '../../src/config/index.ts';
import { memoryError } from '../errors.ts';

/**
 * Where memories may be sent to be embedded. What is sent is text of the homelab, so plain HTTP goes to this machine and to
 * private networks alone: an address is looked at here, and what a name stands for when the connection is made, so that no
 * answer of a name server can lead the text elsewhere.
 */
const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
privateNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
privateNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
// Shared address space: what overlay networks give to machines.
privateNetworks.addSubnet('100.64.0.0', 10, 'ipv4');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/** Loopback, or of a network that no router of the internet leads to. Link-local is not: cloud metadata lies there. */
export function isNearby(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && (isLoopback(address) || privateNetworks.check(address, family === 4 ? 'ipv4' : 'ipv6'));
}

/** Why this cannot be the address of an endpoint, in words for an operator; undefined: it can. */
export function endpointProblem(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return 'is not a URL';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither https nor http';
  if (url.username !== '' || url.password !== '') return 'holds a login, which belongs into a file of its own';
  if (/[?#]/.test(address)) return 'has a query or a fragment';
  if (url.protocol === 'https:') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0 || isNearby(host)) return undefined;
  return 'is http to an address that is neither loopback nor private, so anyone on the way could read memories';
}

/** Errors: `embedding-unconfigured`. */
export function assertEndpoint(address: string, what = 'the embedding endpoint'): URL {
  const problem = endpointProblem(address);
  if (problem === undefined) return new URL(address);
  throw memoryError('embedding-unconfigured', {
    message: `the address of ${what} ${problem}`,
    next: 'correct it in castellan.yaml: https, or http to loopback or a private address',
  });
}

/** A path below an endpoint, which may have one of its own; `/v1` is not said twice. */
export function below(endpoint: URL, path: string): URL {
  const url = new URL(endpoint);
  const own = url.pathname.replace(/\/+$/, '');
  url.pathname = own.endsWith('/v1') && path.startsWith('/v1/') ? `${own}${path.slice(3)}` : `${own}${path}`;
  return url;
}

export class NotNearby extends Error {}

/** Resolves a name for plain HTTP: one that stands for any address outside is not connected to at all. */
export const lookupNearby: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error: Error | null, found: LookupAddress[]) => {
    if (error !== null) return done(error, '', 0);
    const [first] = found;
    if (first === undefined || !found.every(({ address }) => isNearby(address))) {
      return done(new NotNearby('the name stands for an address that is not private'), '', 0);
    }
    if (options.all === true) return done(null, found);
    done(null, first.address, first.family);
  });
};
