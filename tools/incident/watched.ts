import type { Watched } from './sweep/look.ts';

/** What a sweep asks of an address that is watched: whether it answers, its certificate, its name. */
export function watchedOf(addresses: readonly string[]): Watched {
  const urls = addresses.map((address) => new URL(address));
  const hostPorts = urls
    .filter(({ protocol }) => protocol === 'https:')
    .map(({ hostname, port }) => `${hostname}:${port === '' ? '443' : port}`);
  const names = urls.map(({ hostname }) => hostname).filter((name) => !/^(?:[\d.]+|\[.*\])$/.test(name));
  return { http: addresses, tls: [...new Set(hostPorts)], dns: [...new Set(names)] };
}
