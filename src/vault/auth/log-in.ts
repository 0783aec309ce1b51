import { CastellanError, type Secret } from '../../kit/index.ts';
import { vaultError } from '../errors.ts';
import { segmentsOf } from '../path.ts';
import type { VaultAuth, VaultBody, VaultClient } from '../port.ts';
import { readCredential } from './credential-file.ts';
import { grantShape, type Held, heldOf, lookUp } from './held.ts';

/** Speaks without a token, or with one. */
export type Speak = (token?: Secret) => VaultClient;

/**
 * How a session comes by its token. Each way reads its files anew, because they rotate. Throws `vault-token-lost` where
 * Vault refuses, and what else there is where Vault could not be asked.
 */
export async function logIn(auth: VaultAuth, speak: Speak, now: () => number): Promise<Held> {
  if (auth.kind === 'token-file') {
    const token = await readCredential(auth.file);
    return refusedAs(`the token in ${auth.file}`, () => lookUp(speak(token), token, now()));
  }
  const body = await credentialsOf(auth);
  const path = ['auth', ...segmentsOf(auth.mount), 'login'];
  const held = await refusedAs(`the login at auth/${auth.mount}`, async () =>
    heldOf(await speak().ask({ method: 'POST', path, body, reply: grantShape }), now()),
  );
  return { ...held, displayName: await displayNameOf(held, speak) };
}

async function credentialsOf(auth: Exclude<VaultAuth, { kind: 'token-file' }>): Promise<VaultBody> {
  if (auth.kind === 'approle') {
    const [roleId, secretId] = await Promise.all([readCredential(auth.roleIdFile), readCredential(auth.secretIdFile)]);
    return { role_id: roleId, secret_id: secretId };
  }
  return { role: auth.role, jwt: await readCredential(auth.tokenFile) };
}

/** A name is nice to have: a policy that does not let a token look at itself is no reason not to work. */
async function displayNameOf({ token }: Held, speak: Speak): Promise<string | undefined> {
  try {
    return (await lookUp(speak(token), token, 0)).displayName;
  } catch (error) {
    if (error instanceof CastellanError) return undefined;
    throw error;
  }
}

async function refusedAs<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const refusing = ['vault-refused', 'vault-rejected', 'vault-not-found', 'vault-unsupported'];
    if (!(error instanceof CastellanError) || !refusing.includes(error.code)) throw error;
    throw vaultError('vault-token-lost', {
      message: `Vault did not accept ${what}`,
      next: 'give a credential that is still good: it may have expired, been used up, or been revoked',
      cause: error,
    });
  }
}
