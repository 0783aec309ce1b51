import { readFile } from 'node:fs/promises';
import { CastellanError, Secret } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import type { Login, Material } from './kubeconfig.ts';

/** What a connection and a request present to the API server. */
export interface Credential {
  readonly tls: TlsMaterial;
  readonly authorization: Secret | undefined;
}

export interface TlsMaterial {
  readonly ca?: Buffer | string;
  readonly cert?: Buffer | string;
  readonly key?: Buffer | string;
}

/** Gives the credential of the moment; the same `tls` object as long as its certificates are the same. */
export type CredentialSource = () => Promise<Credential>;

/** Token files rotate (a ServiceAccount's every hour); as the reference client does, they are read again each minute. */
const tokenFileAgeMs = 60_000;

/** Plugins and identity providers keep their own cache; this one only spares the question. */
const pluginAgeMs = 10_000;

/** Reads what the login points to. Throws `cluster-credential-failed`. */
export function credentialSource(login: Login, now: () => number = Date.now): CredentialSource {
  let current: { readonly credential: Credential; readonly until: number } | undefined;
  let pending: Promise<Credential> | undefined;
  const obtain = login.plugin === undefined ? fromFiles(login) : fromPlugin(login);
  const age = login.plugin === undefined ? tokenFileAgeMs : pluginAgeMs;

  const renew = async (): Promise<Credential> => {
    const fresh = await obtaining(login, obtain);
    const before = current?.credential.tls;
    const credential = before !== undefined && sameTls(before, fresh.tls) ? { ...fresh, tls: before } : fresh;
    current = { credential, until: now() + age };
    return credential;
  };

  return async () => {
    if (current !== undefined && now() < current.until) return current.credential;
    // Requests that start together share one reading, so a plugin runs once and the pool is opened once.
    pending ??= renew().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

async function obtaining(login: Login, obtain: CredentialSource): Promise<Credential> {
  try {
    return await obtain();
  } catch (cause) {
    if (cause instanceof CastellanError) throw cause;
    throw clusterError('cluster-credential-failed', {
      message: `the user of context ${login.context} gave no credential`,
      next: 'check the files, the plugin or the identity provider the kubeconfig names, then run `castellan doctor`',
      cause,
    });
  }
}

function fromFiles(login: Login): CredentialSource {
  return async () => {
    const tls = await tlsOf(login);
    return { tls, authorization: await authorizationOf(login) };
  };
}

async function authorizationOf({ token, tokenFile, basic }: Login): Promise<Secret | undefined> {
  if (tokenFile !== undefined) return new Secret(`Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`);
  if (token !== undefined) return new Secret(`Bearer ${token}`);
  if (basic === undefined) return undefined;
  return new Secret(`Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`);
}

async function tlsOf(login: Login): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([
    pemOf(login.certificateAuthority),
    pemOf(login.certificate),
    pemOf(login.key),
  ]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function pemOf(material: Material | undefined): Promise<Buffer | undefined> {
  if (material === undefined) return undefined;
  return 'pem' in material ? material.pem : await readFile(material.file);
}

/**
 * Credential plugins and OIDC: client-node runs them. It is loaded only here because it costs a third of a second and
 * 60 MB, and it is given one user without a cluster: it never makes a request to the API server.
 */
function fromPlugin(login: Login): CredentialSource {
  const loading = async () => {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const kubeconfig = new KubeConfig();
    const name = 'castellan';
    kubeconfig.loadFromString(
      JSON.stringify({
        'current-context': name,
        contexts: [{ name, context: { cluster: name, user: name } }],
        clusters: [{ name, cluster: { server: 'https://kubernetes.invalid' } }],
        users: [{ name, user: login.plugin }],
      }),
    );
    return kubeconfig;
  };
  let loaded: ReturnType<typeof loading> | undefined;
  return async () => {
    loaded ??= loading();
    const options: { headers?: unknown; cert?: unknown; key?: unknown } = {};
    await (await loaded).applyToHTTPSOptions(options);
    const authorization = headerOf(options.headers);
    const own = await tlsOf(login);
    const tls = {
      ...own,
      ...(typeof options.cert === 'string' ? { cert: options.cert } : {}),
      ...(typeof options.key === 'string' ? { key: options.key } : {}),
    };
    if (authorization === undefined && tls.cert === undefined) throw new Error('neither a token nor a certificate');
    return { tls, authorization: authorization === undefined ? undefined : new Secret(authorization) };
  };
}

function headerOf(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || !('Authorization' in headers)) return undefined;
  return typeof headers.Authorization === 'string' ? headers.Authorization : undefined;
}

function sameTls(a: TlsMaterial, b: TlsMaterial): boolean {
  return (['ca', 'cert', 'key'] as const).every((part) => String(a[part] ?? '') === String(b[part] ?? ''));
}
