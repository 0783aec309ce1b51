import { readFile } from 'node:fs/promises';
import { CastellanError, Secret } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import { idToken } from './identity-provider.ts';
import type { Login, Material } from './kubeconfig.ts';
import { runPlugin } from './plugin.ts';

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

/**
 * Gives the credential of the moment; the same `tls` object as long as its certificates are the same. Whoever had one
 * refused (401) hands it back: a newer one comes if there is one, else the same object.
 */
export type CredentialSource = (refused?: Credential) => Promise<Credential>;

/** Gives a token that is minted for us and revoked again; `refused` is the one that was shown in vain. */
export type Bearer = (signal?: AbortSignal, refused?: Secret) => Promise<Secret>;

/** A minted token is asked for again this often: whoever minted it knows when it must be another. */
const bearerAgeMs = 5_000;

/** Files rotate (a ServiceAccount's token every hour); as the reference client does, they are read again each minute. */
const fileAgeMs = 60_000;

/** A token that ends while its request is on the way is refused: it is not used for its last seconds. */
const marginMs = 10_000;

/** However often it is refused, and however soon it ends, a credential is obtained anew no more often than this. */
const pauseMs = 10_000;

interface Obtained extends Credential {
  /** When to obtain another. */
  readonly until: number;
}

/** Reads what the login points to. Throws `cluster-credential-failed`. */
export function credentialSource(login: Login, now: () => number = Date.now, bearer?: Bearer): CredentialSource {
  let current: { readonly credential: Credential; readonly until: number; readonly since: number } | undefined;
  let pending: Promise<Credential> | undefined;
  const obtain = bearer === undefined ? obtainer(login, now) : lender(login, now, bearer);

  const renew = async (refused: boolean): Promise<Credential> => {
    const { until, ...fresh } = await obtaining(login, () => obtain(refused));
    const credential = merged(current?.credential, fresh);
    current = { credential, until, since: now() };
    return credential;
  };

  return async (refused) => {
    if (current !== undefined && now() < current.until) {
      const worthAsking = refused === current.credential && now() - current.since >= pauseMs;
      if (!worthAsking) return current.credential;
    }
    // Requests that start together share one reading, so a plugin runs once and the pool is opened once.
    pending ??= renew(refused !== undefined && refused === current?.credential).finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

/** What is the same stays the same object: a pool is opened by it, and a refused credential known again. */
function merged(before: Credential | undefined, fresh: Credential): Credential {
  if (before === undefined || !sameTls(before.tls, fresh.tls)) return fresh;
  const same = before.authorization?.reveal() === fresh.authorization?.reveal();
  return same ? before : { ...fresh, tls: before.tls };
}

async function obtaining(login: Login, obtain: () => Promise<Obtained>): Promise<Obtained> {
  try {
    return await obtain();
  } catch (cause) {
    if (cause instanceof CastellanError) throw cause;
    throw clusterError('cluster-credential-failed', {
      message: `the user of context ${login.context} gave no credential`,
      next: 'check the files or the identity provider the kubeconfig names, or let `castellan init kubernetes` make a login',
      cause,
    });
  }
}

type Obtain = (refused: boolean) => Promise<Obtained>;

/** Of the kubeconfig only the way to the API server counts: whatever else its user could show is not even read. */
function lender(login: Login, now: () => number, bearer: Bearer): Obtain {
  const way: Login = { context: login.context, server: login.server, certificateAuthority: login.certificateAuthority };
  let shown: Secret | undefined;
  return async (refused) => {
    const tls = await tlsOf(way);
    shown = await bearer(undefined, refused ? shown : undefined);
    return { tls, authorization: new Secret(`Bearer ${shown.reveal()}`), until: now() + bearerAgeMs };
  };
}

function obtainer(login: Login, now: () => number): Obtain {
  const { plugin, identityProvider } = login;
  if (plugin !== undefined) {
    return async () => {
      const tls = await tlsOf(login);
      const { token, cert, key, expires } = await runPlugin(plugin, clusterInfo(login, tls));
      return {
        tls: cert === undefined || key === undefined ? tls : { ...tls, cert, key },
        authorization: token === undefined ? undefined : new Secret(`Bearer ${token.reveal()}`),
        until:
          expires === undefined ? Number.POSITIVE_INFINITY : Math.max(expires.getTime() - marginMs, now() + pauseMs),
      };
    };
  }
  if (identityProvider !== undefined) {
    const obtainToken = idToken(identityProvider);
    return async () => ({
      tls: await tlsOf(login),
      authorization: new Secret(`Bearer ${(await obtainToken()).reveal()}`),
      until: now() + fileAgeMs,
    });
  }
  return async () => ({
    tls: await tlsOf(login),
    authorization: await authorizationOf(login),
    until: now() + fileAgeMs,
  });
}

function clusterInfo({ server, serverName, proxy }: Login, { ca }: TlsMaterial) {
  return {
    server: server.href.replace(/\/$/, ''),
    'tls-server-name': serverName,
    'proxy-url': proxy,
    'certificate-authority-data': ca === undefined ? undefined : Buffer.from(ca).toString('base64'),
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

function sameTls(a: TlsMaterial, b: TlsMaterial): boolean {
  return (['ca', 'cert', 'key'] as const).every((part) => String(a[part] ?? '') === String(b[part] ?? ''));
}
