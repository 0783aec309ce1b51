import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import { enrolmentRefused } from './errors.ts';
import { algorithms, bytesOf, flawOfPasskey, isBase64Url } from './passkey.ts';
import type { Passkey, RelyingParty } from './port.ts';

const encoded = z.string().min(1).max(20_000).refine(isBase64Url);

/** `credential.toJSON()` of a registration, as much of it as is read. */
const answer = z.looseObject({
  id: encoded,
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: encoded, attestationObject: encoded }),
});

const clientData = z.looseObject({ crossOrigin: z.boolean().optional(), topOrigin: z.unknown().optional() });

/**
 * The passkey that a browser made over `challenge` (base64url), here, with its human verified. Which maker the authenticator is
 * of is asked of nobody: an attestation that names certificates is refused, so none is ever fetched.
 * Errors: `enrolment-refused`.
 */
export async function verifyRegistration(response: unknown, challenge: string, rp: RelyingParty): Promise<Passkey> {
  const parsed = answer.safeParse(response);
  if (!parsed.success) throw refused('what the browser sent is malformed');
  const { id, response: made } = parsed.data;
  const flaw = flawOfStatement(made.attestationObject, made.clientDataJSON);
  if (flaw !== undefined) throw refused(flaw);
  const { clientDataJSON, attestationObject } = made;
  const { registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, attestationObject },
    },
    expectedChallenge: challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    expectedType: 'webauthn.create',
    requireUserPresence: true,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...algorithms],
  }).catch((error: unknown) => {
    throw refused('it was made elsewhere, for something else, or without its human verified', error);
  });
  if (registrationInfo === undefined) throw refused('its attestation does not fit it');
  const { credential } = registrationInfo;
  if (credential.id !== id) throw refused('it names another passkey than it made');
  const passkey = { id, publicKey: Buffer.from(credential.publicKey).toString('base64url') };
  const unusable = flawOfPasskey(passkey);
  if (unusable !== undefined) throw refused(`the passkey ${unusable}`);
  return passkey;
}

function flawOfStatement(attestationObject: string, clientDataJSON: string): string | undefined {
  try {
    const client = clientData.safeParse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')));
    if (!client.success) return 'what the browser says of it is malformed';
    const { crossOrigin, topOrigin } = client.data;
    if (crossOrigin === true || topOrigin !== undefined) return 'it was made inside the page of another origin';
    const decoded = decodeAttestationObject(bytesOf(attestationObject));
    const format: string = decoded.get('fmt');
    const bare = format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
    return bare ? undefined : 'it names its maker by certificates, which nobody asked for';
  } catch {
    // Neither JSON nor CBOR of a registration.
    return 'what the browser sent is malformed';
  }
}

function refused(reason: string, cause?: unknown): Error {
  return enrolmentRefused(reason, 'open the console at its own address and register the passkey again', cause);
}
