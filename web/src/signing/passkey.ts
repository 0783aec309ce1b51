import type { AssertionAnswer, EnrolOptions, RequestOptions } from '../../../src/keep/console/api.ts';
import { Problem } from '../wire/problem.ts';

/** The browser's passkeys. Nothing of them is kept: an answer goes to the keep as the browser gave it. */
export type MadePasskey = ReturnType<PublicKeyCredential['toJSON']>;

export async function askPasskey(options: RequestOptions): Promise<AssertionAnswer> {
  const credential = await ask(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
  const { id, response } = credential.toJSON();
  if (!('signature' in response)) throw notUsed('it gave no signature');
  const { clientDataJSON, authenticatorData, signature } = response;
  return { id, response: { clientDataJSON, authenticatorData, signature } };
}

export async function makePasskey(options: EnrolOptions['approval']): Promise<MadePasskey> {
  // The keep makes these as the browser takes them; the contract types no more of them than is read.
  const json = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const credential = await ask(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) }),
  );
  return credential.toJSON();
}

async function ask(use: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!('PublicKeyCredential' in globalThis)) {
    throw new Problem('This browser has no passkeys here.', {
      code: 'no-passkeys',
      next: 'Open the console at the address «castellan doctor» names, in a browser that has passkeys.',
    });
  }
  let credential: Credential | null;
  try {
    credential = await use();
  } catch (cause) {
    throw failureOf(cause);
  }
  if (!(credential instanceof PublicKeyCredential)) throw notUsed('the browser gave none');
  return credential;
}

function failureOf(cause: unknown): Problem {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'SecurityError') {
    return new Problem('This address is not the one the passkeys were made for.', {
      code: 'wrong-address',
      next: 'Open the console at the address «castellan doctor» names.',
      cause,
    });
  }
  if (name === 'InvalidStateError') {
    return new Problem('This device already holds an approver’s passkeys.', {
      code: 'passkey-exists',
      next: 'Everybody signs with a device of their own: use theirs.',
      cause,
    });
  }
  return notUsed('cancelled, timed out, or none of this device belongs to you', cause);
}

function notUsed(why: string, cause?: unknown): Problem {
  return new Problem(`The passkey was not used: ${why}.`, {
    code: 'passkey-unused',
    next: 'Nothing was signed. Try again.',
    cause,
  });
}
