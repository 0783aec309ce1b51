import type { DocumentOf } from '../../change/document/documents.ts';
import { CastellanError, type Secret } from '../../kit/index.ts';
import type { Doings, Values, VaultDoor } from './door.ts';
import { requestError } from './errors.ts';

/** As long as one human looks, and a stolen token is of use. */
const wrappedSeconds = 60;
const jobSeconds = 90;

/**
 * The one key of exactly the version that was signed. Vault hands it out wrapped, under a token that opens once: whatever took the
 * way between would have to open it first, and then it cannot be opened here. Nothing else of the secret leaves this function.
 * Errors: `wrapping-used`, `wrapping-wrong`, `request-not-done`, those of Vault.
 */
export function revealKey(door: VaultDoor, document: DocumentOf<'reveal'>): Promise<Secret> {
  const { mount, path, key, version } = document;
  return door.work('read', jobSeconds, async (doing) => {
    const wrapped = await doing.wrap({ mount, path }, version, wrappedSeconds);
    const signed = `${mount}/data/${path}`;
    if (wrapped.creationPath !== signed) {
      throw wrongWrapping(`it was made of ${wrapped.creationPath}, and ${signed} was signed`);
    }
    const opened = await open(doing, wrapped.token);
    if (opened.version !== version) {
      throw wrongWrapping(`it holds version ${opened.version}, and ${version} was signed`);
    }
    const value = opened.values.get(key);
    if (value !== undefined) return value;
    throw requestError('request-not-done', {
      message: `version ${version} of ${mount}/${path} has no such key`,
      next: 'ask for a key that it has: vault_describe lists them',
    });
  });
}

async function open(doing: Doings, token: Secret): Promise<Values> {
  try {
    return await doing.unwrap(token);
  } catch (error) {
    // Vault says of a token that was used what it says of none: a moment ago there was one.
    if (!(error instanceof CastellanError && error.code === 'vault-wrapping-gone')) throw error;
    throw requestError('wrapping-used', {
      message: 'what Vault had wrapped for this request was opened by somebody else',
      next: 'take the value for known: rotate it, and look into the audit of Vault who unwrapped it',
      cause: error,
    });
  }
}

function wrongWrapping(what: string): Error {
  return requestError('wrapping-wrong', {
    message: `what Vault wrapped is not what was signed for: ${what}`,
    next: 'find out what stands between the keep and Vault; it was shown to nobody here',
  });
}
