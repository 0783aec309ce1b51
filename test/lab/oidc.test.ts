import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { OidcEnv } from './lab-env.ts';
import { askToLogIn, codeForm, discover, exchange, logIn, proofKey, tokensOf } from './oidc/log-in.ts';
import { describeWithLab } from './use-lab.ts';

await describeWithLab('the lab’s OpenID provider, used as its user would', (lab) => {
  const { oidc } = lab;
  if (oidc === undefined) throw new Error(`lab ${lab.name} has no OpenID provider`);

  it('names itself by the address it is reached at', async () => {
    expect((await discover(oidc)).issuer).toBe(oidc.issuer);
  });

  it.each(oidc.users)('logs $login in with a code and PKCE, and signs who that is', async ({ login, groups }) => {
    const { challenge, verifier } = proofKey();
    const nonce = randomBytes(8).toString('hex');
    const state = randomBytes(8).toString('hex');
    const { back } = await askToLogIn(oidc, { ...challenge, login_hint: login, nonce, state });
    expect(back?.searchParams.get('state')).toBe(state);
    expect(back?.searchParams.get('iss')).toBe(oidc.issuer);

    const form = codeForm(back, verifier);
    const { id_token = '', access_token } = await tokensOf(await exchange(oidc, form));
    expect(await verified(oidc, id_token)).toMatchObject({
      iss: oidc.issuer,
      aud: oidc.clientId,
      sub: login,
      nonce,
      groups,
    });
    const seen = await fetch((await discover(oidc)).userinfo_endpoint, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await seen.json()).toMatchObject({ sub: login, groups });
    expect((await exchange(oidc, form)).status).toBe(400);
  });

  it('shows a page to choose from where nobody is hinted at', async () => {
    const { challenge, verifier } = proofKey();
    const { page, browser } = await askToLogIn(oidc, challenge);
    expect(await page?.text()).toContain('Who are you?');
    const { back } = await browser.open(new URL(page?.url ?? ''), new URLSearchParams({ login: 'jonas' }));
    const { id_token = '' } = await tokensOf(await exchange(oidc, codeForm(back, verifier)));
    expect(await verified(oidc, id_token)).toMatchObject({ sub: 'jonas' });
  });

  it('refuses a wrong secret, a wrong proof, and a login without a proof', async () => {
    const { challenge, verifier } = proofKey();
    const { back } = await askToLogIn(oidc, { ...challenge, login_hint: 'mira' });
    const stranger = await exchange(oidc, codeForm(back, verifier), 'guess');
    expect(stranger.status).toBe(401);
    expect(await stranger.json()).toMatchObject({ error: 'invalid_client' });
    const thief = await exchange(oidc, codeForm(back, proofKey().verifier));
    expect(await thief.json()).toMatchObject({ error: 'invalid_grant' });
    const { back: refused } = await askToLogIn(oidc, { login_hint: 'mira' });
    expect(refused?.searchParams.get('error')).toBe('invalid_request');
  });

  it('sends people back to any port and name of this machine, and to no other machine', async () => {
    const { challenge } = proofKey();
    const redirect = (redirect_uri: string) => askToLogIn(oidc, { ...challenge, redirect_uri });
    for (const away of ['http://192.0.2.1/', 'http://localhost.example.net/', 'http://127.0.0.1@192.0.2.1/']) {
      expect((await redirect(away)).page?.status, away).toBe(400);
    }
    expect((await redirect('http://castellan.localhost:8443/login')).page?.status).toBe(200);
  });

  it('signs a token for whoever is named as its audience: for a machine, and for a person with their groups', async () => {
    const resource = 'http://127.0.0.1:49153/mcp';
    const machine = await tokensOf(await exchange(oidc, { grant_type: 'client_credentials', resource }));
    expect(await verified(oidc, machine.access_token)).toMatchObject({ aud: resource, sub: oidc.clientId });
    const person = await logIn(oidc, 'mira', { resource });
    const groups = ['castellan-approvers', 'household'];
    expect(await verified(oidc, person.access_token)).toMatchObject({ aud: resource, sub: 'mira', groups });
  });
});

const header = z.object({ kid: z.string(), alg: z.literal('RS256') });
const jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const claims = z.looseObject({ iss: z.string(), sub: z.string(), aud: z.string() });

/** What a token says, once its signature was found to be of a key the provider publishes. */
async function verified(oidc: OidcEnv, token: string): Promise<z.infer<typeof claims>> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const { kid } = header.parse(decoded(head));
  const { keys } = jwks.parse(await (await fetch((await discover(oidc)).jwks_uri)).json());
  const key = keys.find((one) => one.kid === kid);
  if (key === undefined) throw new Error(`the provider publishes no key ${kid}`);
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const isSigned = (text: string) =>
    verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));
  expect(isSigned(`${head}.${body}`)).toBe(true);
  expect(isSigned(`${head}.${body}x`)).toBe(false);
  return claims.parse(decoded(body));
}

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}
