import { z } from 'zod';
import { Secret } from '../kit/index.ts';
import { tokenShape } from './auth/held.ts';
import { vaultError } from './errors.ts';
import { flatten } from './flat.ts';
import { kvPath } from './kv.ts';
import type { AskOptions, VaultClient } from './port.ts';
import { instant } from './replies.ts';

/**
 * The values of secrets. Only src/keep imports this file, and a law holds it to that: whatever serves agents cannot read,
 * write or unwrap a value, whatever token it is given.
 */
export interface SecretValues {
  /** Keys of the top, what is no string as JSON; leaves below them also as `a.b`. */
  readonly values: ReadonlyMap<string, Secret>;
  readonly version: number;
  readonly createdAt: Date;
}

export interface KeyWrite {
  readonly mount: string;
  readonly path: string;
  readonly key: string;
  readonly value: Secret;
  /** The version that was looked at; 0: there must be none. Any other there is `vault-conflict`. */
  readonly cas: number;
}

export interface WrappedRead {
  readonly token: Secret;
  /** What is in it, as Vault says: to be compared with what was asked. */
  readonly creationPath: string;
  readonly ttlSeconds: number;
}

// No copy of what came: z.record would drop a key named __proto__, which then would be a value nobody knows of.
const entries = z.custom<object>((given) => typeof given === 'object' && given !== null && !Array.isArray(given));
const versioned = z.object({ version: z.int().positive(), created_time: instant });
const valuesShape = z.object({ data: z.object({ data: entries, metadata: versioned }) });

/** A deleted version is `vault-not-found`. */
export async function readValues(
  vault: VaultClient,
  mount: string,
  path: string,
  version?: number,
  o?: AskOptions,
): Promise<SecretValues> {
  const query = version === undefined ? {} : { query: { version } };
  return valuesOf(
    await vault.ask({ method: 'GET', path: kvPath(mount, 'data', path), ...query, reply: valuesShape }, o),
  );
}

/** Sets one key and leaves the others as they are: nothing is read for it, so nothing written meanwhile is lost. */
export async function writeKey(
  vault: VaultClient,
  { mount, path, key, value, cas }: KeyWrite,
  o?: AskOptions,
): Promise<{ readonly version: number; readonly createdAt: Date }> {
  const { data } = await vault.ask(
    {
      method: cas === 0 ? 'POST' : 'PATCH',
      path: kvPath(mount, 'data', path),
      body: { options: { cas }, data: { [key]: value } },
      reply: z.object({ data: versioned }),
    },
    o,
  );
  return { version: data.version, createdAt: data.created_time };
}

const wrapShape = z.object({
  wrap_info: z.object({ token: tokenShape, ttl: z.int().positive(), creation_path: z.string() }),
});

export async function wrapRead(
  vault: VaultClient,
  { mount, path, version, seconds }: { mount: string; path: string; version?: number | undefined; seconds: number },
  o?: AskOptions,
): Promise<WrappedRead> {
  const asked = kvPath(mount, 'data', path);
  const query = version === undefined ? {} : { query: { version } };
  const request = { method: 'GET', path: asked, ...query, wrapSeconds: seconds, reply: wrapShape } as const;
  const { wrap_info: wrapped } = await vault.ask(request, o);
  if (wrapped.creation_path === asked.join('/')) {
    return { token: wrapped.token, creationPath: wrapped.creation_path, ttlSeconds: wrapped.ttl };
  }
  throw vaultError('vault-reply-invalid', {
    message: 'Vault wrapped another path than the one that was asked for',
    next: 'check that it is Vault that answers',
  });
}

/** Once; the second time is `vault-wrapping-gone`. Vault answers it from what it wrapped, so it is never asked twice. */
export async function unwrapValues(vault: VaultClient, token: Secret, o?: AskOptions): Promise<SecretValues> {
  const path = ['sys', 'wrapping', 'unwrap'];
  return valuesOf(await vault.ask({ method: 'POST', path, body: { token }, reply: valuesShape }, o));
}

function valuesOf({ data: { data, metadata } }: z.output<typeof valuesShape>): SecretValues {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    values: new Map(flatten(data).map(([key, value]) => [key, new Secret(text(value))])),
    version: metadata.version,
    createdAt: metadata.created_time,
  };
}
