import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { OidcEnv } from '../lab-env.ts';

/** Nobody listens there: the browser stops when it is sent back, with the code in hand. */
const redirectUri = 'http://127.0.0.1:49152/login/callback';

const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  userinfo_endpoint: z.url(),
  jwks_uri: z.url(),
});
const tokens = z.object({ access_token: z.string(), id_token: z.string().optional() });

type Fields = Readonly<Record<string, string>>;

export async function discover(oidc: OidcEnv): Promise<z.infer<typeof metadata>> {
  return metadata.parse(await (await fetch(`${oidc.issuer}/.well-known/openid-configuration`)).json());
}

/** The whole code flow with PKCE, as one of the lab's users. */
export async function logIn(oidc: OidcEnv, login: string, parameters: Fields = {}): Promise<z.infer<typeof tokens>> {
  const { challenge, verifier } = proofKey();
  const { back } = await askToLogIn(oidc, { ...challenge, login_hint: login, ...parameters });
  return tokensOf(await exchange(oidc, codeForm(back, verifier)));
}

export async function tokensOf(answer: Response): Promise<z.infer<typeof tokens>> {
  return tokens.parse(await answer.json());
}

export function proofKey(): { verifier: string; challenge: Fields } {
  const verifier = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, challenge: { code_challenge: hash, code_challenge_method: 'S256' } };
}

/** A browser that was sent to log in, and where that led. */
export async function askToLogIn(oidc: OidcEnv, parameters: Fields): Promise<Landing & { browser: Browser }> {
  const address = new URL((await discover(oidc)).authorization_endpoint);
  const asked = {
    client_id: oidc.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile groups',
    ...parameters,
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  const browser = new Browser();
  return { ...(await browser.open(address)), browser };
}

export function codeForm(back: URL | undefined, verifier: string): Fields {
  const code = back?.searchParams.get('code') ?? '';
  if (code === '') throw new Error(`the provider sent no code back: ${back?.search ?? 'nothing'}`);
  return { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
}

export async function exchange(oidc: OidcEnv, form: Fields, secret = secretOf(oidc)): Promise<Response> {
  return fetch((await discover(oidc)).token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${oidc.clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
}

function secretOf(oidc: OidcEnv): string {
  return readFileSync(oidc.clientSecretFile, 'utf8');
}

/** Where a browser ended: sent back to the client, or on a page. */
interface Landing {
  readonly back?: URL;
  readonly page?: Response;
}

/** Follows the provider from page to page, cookies in hand. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async open(address: URL, form?: URLSearchParams): Promise<Landing> {
    let next = address;
    let body = form;
    for (let step = 0; step < 10; step++) {
      if (next.href.startsWith(redirectUri)) return { back: next };
      const answer: Response = await fetch(next, {
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      for (const line of answer.headers.getSetCookie()) this.#keep(line);
      const location = answer.headers.get('location');
      if (location === null) return { page: answer };
      next = new URL(location, next);
      body = undefined;
    }
    throw new Error('the provider sends the browser in circles');
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
