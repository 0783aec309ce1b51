import { createHash } from 'node:crypto';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import type { Approver, Passkey } from './port.ts';

/** EdDSA, ES256 and RS256, in the order a browser is asked for them. */
export const algorithms: readonly number[] = [-8, -7, -257];
export const es256 = -7;

/** Of a human: what can be read aloud. It stands in pages, rows and terminals. */
export const approverName = z
  .string()
  .regex(/^[\p{L}\p{N}]([\p{L}\p{N} ._-]{0,58}[\p{L}\p{N}])?$/u, 'takes a name of letters and digits');

export const passkeyShape = z.strictObject({
  id: z.string().min(1).max(1_400).refine(isBase64Url, 'takes base64url'),
  publicKey: z.string().min(1).max(4_000).refine(isBase64Url, 'takes base64url'),
});

/** One text for the same bytes: what a decoder would forgive is none. */
export function isBase64Url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}

/** Why it could not sign anything here; undefined when it can. */
export function flawOfPasskey(passkey: Passkey): string | undefined {
  if (!passkeyShape.safeParse(passkey).success) return 'is malformed';
  const algorithm = algorithmOf(passkey);
  const isTaken = algorithm !== undefined && algorithms.includes(algorithm);
  return isTaken ? undefined : 'is no public key of an algorithm that is taken';
}

/** As COSE numbers them; undefined: it is no COSE key. */
export function algorithmOf({ publicKey }: Pick<Passkey, 'publicKey'>): number | undefined {
  try {
    const algorithm = decodeCredentialPublicKey(bytesOf(publicKey)).get(cose.COSEKEYS.alg);
    return typeof algorithm === 'number' ? algorithm : undefined;
  } catch {
    // This is how the decoder says that it is none.
    return undefined;
  }
}

/**
 * Why two passkeys are not one for each use. An assertion does not name its credential: two ids over one key would be
 * one passkey.
 */
export function flawOfPair({ approval, login }: Pick<Approver, 'approval' | 'login'>): string | undefined {
  const flaw = flawOfPasskey(approval) ?? flawOfPasskey(login);
  if (flaw !== undefined) return `a passkey ${flaw}`;
  return isSame(approval, login) ? 'the passkey that approves is the one that logs in' : undefined;
}

export function isSame(one: Passkey, other: Passkey): boolean {
  return one.id === other.id || one.publicKey === other.publicKey;
}

/** To compare by eye: both passkeys in 80 bits. */
export function fingerprintOf({ approval, login }: Pick<Approver, 'approval' | 'login'>): string {
  const digest = createHash('sha256').update(`${approval.publicKey}\n${login.publicKey}`).digest('hex');
  return digest.slice(0, 20).replace(/(.{4})(?=.)/g, '$1-');
}
