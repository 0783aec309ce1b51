import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { clusterError } from '../errors.ts';
import type { TlsMaterial } from './credential.ts';
import type { Login } from './kubeconfig.ts';

/** One pool of connections; a new one only when the certificates it was opened with have changed. */
export class PoolByCertificate {
  readonly #login: Login;
  readonly #connections: number;
  #open: { readonly tls: TlsMaterial; readonly dispatcher: Dispatcher } | undefined;

  /** `connections`: how many may be open at once; a request beyond them waits its turn. */
  constructor(login: Login, connections: number) {
    this.#login = login;
    this.#connections = connections;
  }

  for(tls: TlsMaterial): Dispatcher {
    if (this.#open?.tls === tls) return this.#open.dispatcher;
    const outdated = this.#open;
    this.#open = { tls, dispatcher: dispatcherFor(this.#login, tls, this.#connections) };
    // Requests still running on the old certificates finish first; closing has nobody left to tell of a failure.
    outdated?.dispatcher.close().catch(() => undefined);
    return this.#open.dispatcher;
  }

  async close(): Promise<void> {
    await this.#open?.dispatcher.destroy();
    this.#open = undefined;
  }
}

function dispatcherFor(login: Login, tls: TlsMaterial, connections: number): Dispatcher {
  const secure = {
    ...tls,
    ...(login.serverName === undefined ? {} : { servername: login.serverName }),
    // Said, because an environment variable of Node's would otherwise decide.
    rejectUnauthorized: true,
  };
  const options = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 };
  if (login.proxy === undefined) {
    return new Agent({ ...options, connect: { ...secure, keepAlive: true, keepAliveInitialDelay: 30_000 } });
  }
  if (/^https?:\/\//.test(login.proxy)) {
    return new ProxyAgent({ ...options, uri: login.proxy, requestTls: secure, proxyTunnel: true });
  }
  throw clusterError('cluster-config-invalid', {
    message: `the context ${login.context} names a proxy that is neither http:// nor https://`,
    next: 'use an HTTP proxy in proxy-url, or none',
  });
}
