import { vaultError } from './errors.ts';

/** Where Vault is: an origin, and nothing that could steer a request or hold a credential. Throws `vault-config-invalid`. */
export function originOf(address: string, plainHttp: boolean, what = 'the address of Vault'): string {
  const url = URL.parse(address);
  // Compared as text, because a parser drops an empty query, an empty user and a lonely slash silently.
  const plain = url !== null && (address === url.origin || address === `${url.origin}/`);
  if (url === null || !plain) throw invalid(`${what} must be scheme, host and port, and nothing after or before them`);
  if (url.protocol === 'https:') return url.origin;
  if (url.protocol !== 'http:') throw invalid(`${what} is neither https nor http`);
  if (plainHttp || isLoopback(url.hostname)) return url.origin;
  throw invalid(`${what} is http to another host than loopback, so anyone on the way could take the token`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function invalid(message: string, cause?: unknown): Error {
  return vaultError('vault-config-invalid', {
    message,
    next: 'correct `vault` in the configuration; plainHttp: true is for http inside a cluster',
    ...(cause === undefined ? {} : { cause }),
  });
}
