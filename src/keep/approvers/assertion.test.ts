import { describe, expect, it } from 'vitest';
import { consoleRp } from './approvers.fixture.ts';
import { flawOfAssertion } from './assertion.ts';
import { createAuthenticator } from './authenticator.fixture.ts';
import { flawOfPasskey } from './passkey.ts';
import { verifyRegistration } from './registration.ts';

const challenge = Buffer.from('a challenge').toString('base64url');
const rp = consoleRp;

describe.each(['ES256', 'EdDSA', 'RS256'] as const)('a passkey of %s', (algorithm) => {
  const authenticator = createAuthenticator(rp, algorithm);
  const { passkey } = authenticator;

  it('is registered and signs, as one of a browser does', async () => {
    await expect(verifyRegistration(authenticator.register(challenge), challenge, rp)).resolves.toEqual(passkey);
    expect(flawOfPasskey(passkey)).toBeUndefined();
    expect(await flawOfAssertion(authenticator.assert(challenge), { challenge, passkey, rp })).toBeUndefined();
  });

  it('does not fit another key, nor another signature', async () => {
    const { publicKey } = createAuthenticator(rp, algorithm).passkey;
    const assertion = authenticator.assert(challenge);
    const other = { id: passkey.id, publicKey };
    expect(await flawOfAssertion(assertion, { challenge, passkey: other, rp })).toMatch(/not made by the key/);
    const { signature } = authenticator.assert(challenge, { counter: 1 });
    expect(await flawOfAssertion({ ...assertion, signature }, { challenge, passkey, rp })).toMatch(
      /not made by the key/,
    );
  });

  it('counts or does not: a synchronised one always says 0', async () => {
    for (const counter of [0, 7, 3]) {
      const assertion = authenticator.assert(challenge, { counter });
      expect(await flawOfAssertion(assertion, { challenge, passkey, rp })).toBeUndefined();
    }
  });
});

it('an assertion is of the passkey that it names', async () => {
  const { passkey, assert } = createAuthenticator(rp);
  const assertion = assert(challenge, { credential: createAuthenticator(rp).passkey.id });
  expect(await flawOfAssertion(assertion, { challenge, passkey, rp })).toBe('it was made with another passkey');
});
