import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Signature, SignedDocument } from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Approver, Passkey, RelyingParty } from './port.ts';

/**
 * A passkey in software: what a browser and its authenticator would answer, and on request what an attacker would. Attestation
 * `none`, a counter that stays 0 as with synchronised passkeys.
 */
export interface Authenticator {
  readonly passkey: Passkey;
  /** What `credential.toJSON()` gives after `navigator.credentials.create`. */
  register(challenge: string, overrides?: Overrides): RegistrationResponseJSON;
  /** What it gives after `navigator.credentials.get`, as much of it as is kept. `challenge` is base64url. */
  assert(challenge: string, overrides?: Overrides): Signature['assertion'];
  /** The document in its canonical form, signed. */
  signDocument(document: SignedDocument | string, overrides?: Overrides): Signature;
}

/** Where an answer differs from an honest one. */
export interface Overrides {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly counter?: number;
  /** In place of the id of this passkey. */
  readonly credential?: string;
  /** In place of the document's own digest. */
  readonly challenge?: string;
}

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

export function createAuthenticator(rp: RelyingParty, algorithm: Algorithm = 'ES256'): Authenticator {
  const { privateKey, publicKey } = newKeys(algorithm);
  const id = randomBytes(32);
  const cose = coseOf(publicKey);
  const passkey: Passkey = { id: id.toString('base64url'), publicKey: cose.toString('base64url') };

  const clientData = (type: string, challenge: string, overrides: Overrides): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: overrides.type ?? type,
        challenge,
        origin: overrides.origin ?? rp.origin,
        crossOrigin: overrides.crossOrigin ?? false,
        ...(overrides.topOrigin === undefined ? {} : { topOrigin: overrides.topOrigin }),
      }),
    );

  const authenticatorData = (overrides: Overrides, attested?: Buffer): Buffer => {
    const flags =
      ((overrides.userPresent ?? true) ? 0x01 : 0) |
      ((overrides.userVerified ?? true) ? 0x04 : 0) |
      (attested === undefined ? 0 : 0x40);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(overrides.counter ?? 0);
    return Buffer.concat([sha256(overrides.rpId ?? rp.id), Buffer.of(flags), counter, attested ?? Buffer.alloc(0)]);
  };

  const assert: Authenticator['assert'] = (challenge, overrides = {}) => {
    const client = clientData('webauthn.get', challenge, overrides);
    const data = authenticatorData(overrides);
    return {
      credential: overrides.credential ?? passkey.id,
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign(
        algorithm === 'EdDSA' ? null : 'sha256',
        Buffer.concat([data, sha256(client)]),
        privateKey,
      ).toString('base64url'),
    };
  };

  return {
    passkey,
    assert,
    register: (challenge, overrides = {}) => {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose]);
      return {
        id: passkey.id,
        rawId: passkey.id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, overrides).toString('base64url'),
          attestationObject: attestationObject(authenticatorData(overrides, attested)).toString('base64url'),
        },
      };
    },
    signDocument: (document, overrides = {}) => {
      const text = typeof document === 'string' ? document : canonicalJson(document);
      return {
        document: text,
        assertion: assert(overrides.challenge ?? sha256(text).toString('base64url'), overrides),
      };
    },
  };
}

export interface SoftApprover {
  readonly name: string;
  readonly approval: Authenticator;
  readonly login: Authenticator;
  /** As `Approvers.list()` would tell of them. */
  readonly approver: Approver;
}

/** A human with both passkeys. */
export function createSoftApprover(rp: RelyingParty, name: string, since = new Date(0)): SoftApprover {
  const approval = createAuthenticator(rp);
  const login = createAuthenticator(rp);
  return {
    name,
    approval,
    login,
    approver: { name, approval: approval.passkey, login: login.passkey, since, by: 'root' },
  };
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function newKeys(algorithm: Algorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** CBOR by hand. */
function coseOf(key: KeyObject): Buffer {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (name: 'x' | 'y' | 'n' | 'e'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  switch (jwk.kty) {
    case 'OKP': // {1: 1, 3: -8, -1: 6, -2: x}
      return Buffer.concat([hex('a4010103272006215820'), bytes('x')]);
    case 'RSA': // {1: 3, 3: -257, -1: n, -2: e}
      return Buffer.concat([hex('a401030339010020590100'), bytes('n'), hex('2143'), bytes('e')]);
    default: // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
      return Buffer.concat([hex('a5010203262001215820'), bytes('x'), hex('225820'), bytes('y')]);
  }
}

/** {"fmt": "none", "attStmt": {}, "authData": data} */
function attestationObject(data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('a363666d74646e6f6e656761747453746d74a0', 'hex'),
    Buffer.from('686175746844617461', 'hex'),
    Buffer.of(0x59, data.length >> 8, data.length & 0xff),
    data,
  ]);
}
