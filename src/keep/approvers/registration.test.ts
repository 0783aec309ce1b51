import { describe, expect, it } from 'vitest';
import { consoleRp } from './approvers.fixture.ts';
import { createAuthenticator } from './authenticator.fixture.ts';
import { flawOfPasskey } from './passkey.ts';
import { verifyRegistration } from './registration.ts';
import { relyingPartyOf } from './relying-party.ts';

const challenge = Buffer.from('a challenge').toString('base64url');
const authenticator = createAuthenticator(consoleRp);

describe('a passkey that is registered', () => {
  it('is the one the authenticator made', async () => {
    const passkey = await verifyRegistration(authenticator.register(challenge), challenge, consoleRp);
    expect(passkey).toEqual(authenticator.passkey);
    expect(flawOfPasskey(passkey)).toBeUndefined();
  });

  const honest = authenticator.register(challenge);
  const other = createAuthenticator(consoleRp);
  it.each([
    ['for another challenge', authenticator.register(Buffer.from('another').toString('base64url'))],
    ['on another port', authenticator.register(challenge, { origin: 'http://castellan.localhost:8791' })],
    ['on another host', authenticator.register(challenge, { origin: 'http://localhost:8790' })],
    ['for another site', authenticator.register(challenge, { rpId: 'localhost' })],
    ['by nobody present', authenticator.register(challenge, { userPresent: false })],
    ['by nobody verified', authenticator.register(challenge, { userVerified: false })],
    ['as an assertion', authenticator.register(challenge, { type: 'webauthn.get' })],
    ['inside another page', authenticator.register(challenge, { crossOrigin: true })],
    ['inside a page that is named', authenticator.register(challenge, { topOrigin: 'https://example.net' })],
    ['under the id of another', { ...honest, id: other.passkey.id, rawId: other.passkey.id }],
    ['with half of its statement', { ...honest, response: { ...honest.response, attestationObject: 'o2NmbXQ' } }],
    ['as nothing', undefined],
    ['as text', 'a passkey'],
    ['of another type', { ...honest, type: 'password' }],
  ])('is refused when it was made %s', async (_, response) => {
    await expect(verifyRegistration(response, challenge, consoleRp)).rejects.toMatchObject({
      code: 'enrolment-refused',
    });
  });

  it('is refused when its attestation could name its maker, before any of that is looked up', async () => {
    const { attestationObject } = honest.response;
    const response = { ...honest, response: { ...honest.response, attestationObject: renamed(attestationObject) } };
    await expect(verifyRegistration(response, challenge, consoleRp)).rejects.toThrow(/names its maker/);
  });

  it('is refused when its key is of an algorithm nobody asked for', () => {
    // {1: 2, 3: -36, …}: ES512.
    const key = Buffer.from(authenticator.passkey.publicKey, 'base64url').toString('hex').replace('0326', '033823');
    const passkey = { id: 'AAAA', publicKey: Buffer.from(key, 'hex').toString('base64url') };
    expect(flawOfPasskey(passkey)).toMatch(/algorithm/);
    expect(flawOfPasskey({ ...authenticator.passkey, id: 'not+base64url' })).toMatch(/malformed/);
  });
});

describe('what passkeys are made for', () => {
  it('is the host of the console, and its origin with the port', () => {
    expect(relyingPartyOf({ origin: 'http://castellan.localhost:8790' })).toEqual(consoleRp);
    expect(relyingPartyOf({ origin: 'https://keep.example.net' })).toEqual({
      origin: 'https://keep.example.net',
      id: 'keep.example.net',
    });
    expect(relyingPartyOf({ origin: 'https://keep.example.net:443' }).origin).toBe('https://keep.example.net');
  });
});

/** `none` becomes `tpmx`, a format of four letters too. */
function renamed(attestationObject: string): string {
  const hex = Buffer.from(attestationObject, 'base64url').toString('hex');
  return Buffer.from(hex.replace('646e6f6e65', '6474706d78'), 'hex').toString('base64url');
}
