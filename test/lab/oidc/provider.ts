import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { userNamed } from './users.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const hour = 3600;

/** One client that keeps a secret and must use PKCE. Nobody is asked for consent: the client is the house's own. */
export function createProvider({ issuer, clientId, clientSecret }: ProviderSettings): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: ['http://127.0.0.1/callback'],
      },
    ],
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    // In the ID token too, as the providers that homes run do.
    conformIdTokenClaims: false,
    findAccount(_context, accountId) {
      const user = userNamed(accountId);
      if (user === undefined) return undefined;
      const { login, name, email, groups } = user;
      return {
        accountId,
        claims: async () => ({
          sub: login,
          name,
          preferred_username: login,
          email,
          email_verified: true,
          groups,
        }),
      };
    },
    extraTokenClaims(_context, token) {
      return token.kind === 'AccessToken' ? { groups: userNamed(token.accountId)?.groups } : undefined;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      // Whoever is named as `resource` is the audience of a signed token it can check on its own.
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({ scope: '', audience: resource, accessTokenFormat: 'jwt' }),
        useGrantedResource: () => true,
      },
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: (context) => grantAll(provider, context),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ttl: { AccessToken: hour, ClientCredentials: hour, IdToken: hour, RefreshToken: 24 * hour, Session: 24 * hour },
  };
  const provider = new Provider(issuer, configuration);
  provider.Client.prototype.redirectUriAllowed = isLoopback;
  provider.Client.prototype.postLogoutRedirectUriAllowed = isLoopback;
  return provider;
}

async function grantAll(provider: Provider, { oidc }: KoaContextWithOIDC) {
  const { client, account } = oidc;
  if (client === undefined || account === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  for (const resource of Object.keys(oidc.resourceServers ?? {})) grant.addResourceScope(resource, '');
  await grant.save();
  return grant;
}

/** Tests listen on whatever port is free, and the console on a name of its own: any port and path of this machine will do. */
function isLoopback(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && (url.hostname === '127.0.0.1' || /(^|\.)localhost$/.test(url.hostname));
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'lab' };
}
