import { createHash } from 'node:crypto';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Signature } from '../../change/document/documents.ts';
import { parseJson } from './json-text.ts';
import { algorithmOf, bytesOf, es256, isBase64Url } from './passkey.ts';
import type { Passkey, RelyingParty } from './port.ts';

/** What the browser says it was asked for. Others may be there; some browsers add a member to see whether anybody minds. */
const clientDataShape = z.looseObject({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
});

const rpIdHashLength = 32;
const userPresent = 0x01;
const userVerified = 0x04;

export interface AssertionExpected {
  /** base64url. */
  readonly challenge: string;
  readonly passkey: Passkey;
  readonly rp: RelyingParty;
}

/**
 * Why an assertion does not prove that the passkey signed the challenge here, with its human present and verified; undefined when
 * it does. Each check stands here in our own words, which repeat nothing of what was sent, and then in the library's as well.
 * Signature counters are not asked: passkeys that synchronise report 0.
 */
export async function flawOfAssertion(
  assertion: Signature['assertion'],
  { challenge, passkey, rp }: AssertionExpected,
): Promise<string | undefined> {
  const { credential, ...response } = assertion;
  if (credential !== passkey.id) return 'it was made with another passkey';
  if (!Object.values(assertion).every(isBase64Url)) return 'it is not whole: a part of it is not base64url';
  const flaw =
    flawOfClientData(response.clientDataJSON, challenge, rp) ?? flawOfAuthenticator(response.authenticatorData, rp);
  if (flaw !== undefined) return flaw;
  // The library reads a DER signature from its beginning, and what follows it not at all.
  if (algorithmOf(passkey) === es256 && !isWholeDer(response.signature)) return 'it is not whole: its signature is not';
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: { id: credential, rawId: credential, type: 'public-key', clientExtensionResults: {}, response },
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      expectedType: 'webauthn.get',
      credential: { id: passkey.id, publicKey: bytesOf(passkey.publicKey), counter: 0 },
      requireUserVerification: true,
    });
    return verified ? undefined : 'it was not made by the key of that passkey, or was changed since';
  } catch {
    // The library's words repeat what was sent, and every other reason was told above.
    return 'it is malformed';
  }
}

function isWholeDer(encoded: string): boolean {
  const [sequence, length, ...rest] = Buffer.from(encoded, 'base64url');
  return sequence === 0x30 && length === rest.length;
}

function flawOfClientData(encoded: string, challenge: string, rp: RelyingParty): string | undefined {
  const data = parseJson(Buffer.from(encoded, 'base64url').toString('utf8'));
  const parsed = clientDataShape.safeParse(data);
  if (!parsed.success) return 'what the browser says of it is malformed';
  const { type, origin, crossOrigin, topOrigin, challenge: signed } = parsed.data;
  if (type !== 'webauthn.get') return 'it was made for something else than to sign';
  if (signed !== challenge) return 'it signs something else';
  if (origin !== rp.origin) return `it was made on another page than ${rp.origin}`;
  if (crossOrigin === true || topOrigin !== undefined) return 'it was made inside the page of another origin';
  return undefined;
}

function flawOfAuthenticator(encoded: string, rp: RelyingParty): string | undefined {
  const data = Buffer.from(encoded, 'base64url');
  const flags = data.at(rpIdHashLength) ?? 0;
  const rpIdHash = createHash('sha256').update(rp.id).digest();
  if (!data.subarray(0, rpIdHashLength).equals(rpIdHash)) return `it was made for another site than ${rp.id}`;
  if ((flags & userPresent) === 0) return 'nobody was present when it was made';
  if ((flags & userVerified) === 0) return 'whoever made it was not verified by the authenticator';
  return undefined;
}
