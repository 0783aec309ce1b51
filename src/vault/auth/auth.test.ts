import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectVault } from '../connect.ts';
import { get, type HostileServer, json, keptLog, openHostile, word } from '../hostile.fixture.ts';
import type { VaultAuth, VaultSession } from '../port.ts';

/** Of a token the server knows. */
interface Known {
  policies?: readonly string[];
  identity_policies?: readonly string[];
  ttl?: number;
  renewable?: boolean;
  type?: string;
}

let server: HostileServer;
let folder: string;
let known: Map<string, Known>;
/** How long a renewal makes it live; the login gives the same. */
let ttl: number;
let prolonging: boolean;
let kind: string;
let sessions: VaultSession[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'castellan-auth-'));
  known = new Map();
  sessions = [];
  ttl = 3_600;
  prolonging = true;
  kind = 'service';
  server = await openHostile((response, { url, headers, body }) => {
    const token = String(headers['x-vault-token'] ?? '');
    if (url.endsWith('/login')) {
      if (!body.includes('good')) return json(response, 400, { errors: [`invalid secret id ${body}`] });
      const made = word();
      known.set(made, { ttl, renewable: kind === 'service', type: kind });
      const auth = { client_token: made, accessor: `of-${made.slice(0, 4)}`, policies: ['p'], lease_duration: ttl };
      return json(response, 200, { auth: { ...auth, renewable: kind === 'service', token_type: kind } });
    }
    const about = known.get(token);
    if (about === undefined) return json(response, 403, { errors: ['permission denied', 'invalid token'] });
    if (url === '/v1/auth/token/lookup-self') {
      const { policies = ['default'], identity_policies, ttl: left = 0, renewable = false, type = 'service' } = about;
      const data = { id: token, accessor: 'acc', display_name: 'somebody', policies, identity_policies, ttl: left };
      return json(response, 200, { data: { ...data, renewable, type, expire_time: left === 0 ? null : 'later' } });
    }
    if (url === '/v1/auth/token/renew-self') {
      const lease_duration = prolonging ? ttl : 0.3;
      return json(response, 200, { auth: { client_token: token, lease_duration, renewable: true } });
    }
    if (url === '/v1/auth/token/revoke-self') {
      known.delete(token);
      return response.writeHead(204).end();
    }
    if (url === '/v1/forbidden') return json(response, 403, { errors: ['permission denied'] });
    return json(response, 200, { data: { as: 'it was' } });
  });
});
afterEach(async () => {
  for (const session of sessions) await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const asked = (end: string) => server.seen.filter(({ url }) => url.endsWith(end));
const asks = () => asked('/v1/a').map(({ headers }) => headers['x-vault-token']);

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

async function connect(auth: VaultAuth, log = keptLog(), now: () => number = Date.now): Promise<VaultSession> {
  const options = {
    address: server.origin,
    plainHttp: false,
    caFile: undefined,
    namespace: undefined,
    peers: [],
    auth,
  };
  const session = await connectVault(options, { log, now });
  sessions.push(session);
  return session;
}

async function byRole(log = keptLog(), now: () => number = Date.now): Promise<VaultSession> {
  const [roleIdFile, secretIdFile] = [await write('role', 'role-id\n'), await write('secret', 'good\n')];
  return connect({ kind: 'approle', mount: 'approle', roleIdFile, secretIdFile }, log, now);
}

describe('a session that logs in', () => {
  it('has one token, and shows neither it nor what it logged in with', async () => {
    const log = keptLog();
    const session = await byRole(log);
    await Promise.all([1, 2, 3].map(() => session.ask(get('a'))));
    expect(asked('/login')).toMatchObject([{ url: '/v1/auth/approle/login', method: 'POST' }]);
    expect(JSON.parse(asked('/login')[0]?.body ?? '')).toEqual({ role_id: 'role-id', secret_id: 'good' });
    expect(asked('/login')[0]?.headers).not.toHaveProperty('x-vault-token');
    const [token] = known.keys();
    expect(asks()).toEqual([token, token, token]);
    expect(session.standing()).toMatchObject({
      state: 'alive',
      displayName: 'somebody',
      policies: ['p'],
      why: undefined,
    });
    const shown = inspect([session, session.standing(), log.lines], { depth: 20, showHidden: true });
    expect(shown).not.toContain(token);
  });

  it('shares one login among calls that start together', async () => {
    const session = await byRole();
    known.clear();
    await Promise.all(Array.from({ length: 10 }, () => session.ask(get('a'))));
    expect(asked('/login')).toHaveLength(2);
  });

  it('logs in again once when its token is gone, and uses the new one alone', async () => {
    const session = await byRole();
    known.clear();
    await session.ask({ ...get('a'), method: 'POST', body: {} });
    const [token] = known.keys();
    expect(asks()).toEqual([expect.any(String), token]);
    await session.ask(get('a'));
    expect(asks().at(-1)).toBe(token);
  });

  it('does not log in again where the token only may not', async () => {
    const session = await byRole();
    await expect(session.ask(get('forbidden'))).rejects.toMatchObject({ code: 'vault-refused' });
    await expect(session.ask(get('forbidden'))).rejects.toMatchObject({ code: 'vault-refused' });
    expect(asked('/login')).toHaveLength(1);
    // It looked at itself when it logged in, and once to tell the two apart.
    expect(asked('/lookup-self')).toHaveLength(2);
  });

  it('does not log in for ever', async () => {
    let at = 1_000_000;
    const session = await byRole(keptLog(), () => at);
    for (let call = 0; call < 12; call += 1) {
      known.clear();
      at += 1_001;
      await session.ask(get('a')).catch(() => undefined);
    }
    expect(asked('/login')).toHaveLength(6);
    expect(session.standing()).toMatchObject({ state: 'lost', why: expect.stringContaining('within a minute') });
    at += 120_000;
    await session.ask(get('a'));
    expect(session.standing()).toMatchObject({ state: 'alive' });
  });

  it('is renewed before its time is over, and asks with the same token after it', async () => {
    ttl = 3;
    const session = await byRole();
    const [token] = known.keys();
    await expect.poll(() => session.standing().renewedAt).toBeInstanceOf(Date);
    await session.ask(get('a'));
    expect(asks()).toEqual([token]);
    expect(asked('/login')).toHaveLength(1);
    expect(session.standing()).toMatchObject({ state: 'alive', renewedAt: expect.any(Date) });
  });

  it.each(['service', 'batch'])('takes another token where a %s token cannot be prolonged', async (type) => {
    kind = type;
    ttl = 2;
    prolonging = false;
    const session = await byRole();
    await expect.poll(() => asked('/login').length).toBeGreaterThan(1);
    await session.ask(get('a'));
    expect(session.standing()).toMatchObject({ state: 'alive' });
  });

  it('gives its token back at the end, and asks no more', async () => {
    const session = await byRole();
    await session[Symbol.asyncDispose]();
    expect(known.size).toBe(0);
    await expect(session.ask(get('a'))).rejects.toMatchObject({ code: 'vault-token-lost' });
    expect(session.standing()).toMatchObject({ state: 'lost' });
  });

  it('connects although it cannot log in, says why, and tries again later', async () => {
    let at = 1_000_000;
    const secretIdFile = await write('secret', 'bad-one');
    const auth = {
      kind: 'approle',
      mount: 'deep/approle',
      roleIdFile: await write('role', 'r'),
      secretIdFile,
    } as const;
    const session = await connect(auth, keptLog(), () => at);
    expect(session.standing()).toMatchObject({
      state: 'lost',
      why: 'Vault did not accept the login at auth/deep/approle',
    });
    for (let call = 0; call < 5; call += 1) {
      const error = await session.ask(get('a')).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'vault-token-lost' });
      expect(inspect(error, { depth: 20 })).not.toContain('bad-one');
    }
    expect(asked('/auth/deep/approle/login')).toHaveLength(1);
    await write('secret', 'good');
    at += 1_001;
    await session.ask(get('a'));
    expect(session.standing()).toMatchObject({ state: 'alive' });
  });

  it.each([
    ['kubernetes', 'kubernetes'],
    ['jwt', 'people/oidc'],
  ] as const)('shows what it was given: %s', async (how, mount) => {
    const tokenFile = await write('jwt', 'good.jwt.here\n');
    await connect({ kind: how, mount, role: 'r', tokenFile });
    const [login] = asked('/login');
    expect(login?.url).toBe(`/v1/auth/${mount}/login`);
    expect(JSON.parse(login?.body ?? '')).toEqual({ role: 'r', jwt: 'good.jwt.here' });
  });

  it.each(['', 'two words', 'a\r\nX-Evil: 1', 'x'.repeat(70_000)])(
    'sends no credential that is none: %j',
    async (text) => {
      const tokenFile = await write('jwt', text);
      const session = await connect({ kind: 'jwt', mount: 'jwt', role: 'r', tokenFile });
      await expect(session.ask(get('a'))).rejects.toMatchObject({ code: 'vault-token-lost' });
      expect(server.seen).toEqual([]);
    },
  );
});

describe('a session with a token from a file', () => {
  const own: Known = { policies: ['default', 'ours'], ttl: 3_600, renewable: true };
  const withFile = async (token: string, log = keptLog()): Promise<VaultSession> =>
    connect({ kind: 'token-file', file: await write('token', `${token}\n`), requiredPolicy: 'ours' }, log);

  it('finds the policy among those of the person too', async () => {
    const token = word();
    known.set(token, { policies: ['default'], identity_policies: ['ours'] });
    const session = await withFile(token);
    expect(session.standing()).toMatchObject({ state: 'alive', policies: ['default', 'ours'], expiresAt: undefined });
    await session.ask(get('a'));
  });

  it('neither uses nor renews somebody else’s, and says whose it is', async () => {
    const token = word();
    known.set(token, { policies: ['root'], ttl: 0.4, renewable: true });
    const session = await withFile(token);
    expect(session.standing()).toMatchObject({ state: 'foreign', why: expect.stringContaining('somebody') });
    await expect(session.ask(get('a'))).rejects.toMatchObject({ code: 'vault-token-lost' });
    await new Promise((later) => setTimeout(later, 600));
    expect(asks()).toEqual([]);
    expect(asked('/renew-self')).toEqual([]);
  });

  it('stops using its own when the file is overwritten with another’s, and takes its own up again', async () => {
    const [token, foreign] = [word(), word()];
    known.set(token, own);
    known.set(foreign, { policies: ['admin'] });
    const session = await withFile(token);
    await session.ask(get('a'));
    await write('token', foreign);
    await expect(session.ask(get('a'))).rejects.toMatchObject({ code: 'vault-token-lost' });
    expect(session.standing().state).toBe('foreign');
    await write('token', token);
    await session.ask(get('a'));
    expect(asks()).toEqual([token, token]);
  });

  it('looks again before it renews: a token that lost its policy is not kept alive', async () => {
    const token = word();
    known.set(token, { ...own, ttl: 0.6 });
    const session = await withFile(token);
    known.set(token, { policies: ['default'], ttl: 0.6, renewable: true });
    await expect.poll(() => session.standing().state).toBe('foreign');
    expect(asked('/renew-self')).toEqual([]);
  });

  it('does not revoke it at the end: it is not ours alone', async () => {
    const token = word();
    known = new Map([[token, own]]);
    const session = await withFile(token);
    await session[Symbol.asyncDispose]();
    expect(asked('/revoke-self')).toEqual([]);
    expect(known.has(token)).toBe(true);
  });

  it('is lost when the token is gone and the file has no other', async () => {
    const token = word();
    known.set(token, own);
    const session = await withFile(token);
    known.clear();
    await expect(session.ask(get('a'))).rejects.toMatchObject({ code: 'vault-token-lost' });
    expect(session.standing()).toMatchObject({ state: 'lost', accessor: undefined });
    await rm(join(folder, 'token'));
    await expect(session.ask(get('a'))).rejects.toMatchObject({ message: expect.stringContaining('ENOENT') });
  });
});

describe('the options of a session', () => {
  const auth = { kind: 'token-file', file: '/nonexistent', requiredPolicy: 'p' } as const;
  const options = { plainHttp: false, caFile: undefined, namespace: undefined, peers: [], auth };

  it.each([
    'http://vault.example.net:8200',
    'https://vault.example.net/v1',
    'https://vault.example.net/?a=b',
    'https://me:word@vault.example.net',
    'https://vault.example.net#a',
    'ftp://vault.example.net',
    'vault.example.net',
    '',
  ])('refuse the address %j', async (address) => {
    const connecting = connectVault({ ...options, address }, { log: keptLog() });
    await expect(connecting).rejects.toMatchObject({ code: 'vault-config-invalid' });
    const asPeer = connectVault(
      { ...options, address: 'https://vault.example.net', peers: [address] },
      { log: keptLog() },
    );
    await expect(asPeer).rejects.toMatchObject({ code: 'vault-config-invalid' });
  });

  it('take plain http inside a cluster where it is said, and a namespace that fits a header', async () => {
    const address = 'http://vault-active.example.net:8200/';
    await using session = await connectVault({ ...options, address, plainHttp: true }, { log: keptLog() });
    expect(session.address).toBe('http://vault-active.example.net:8200');
    const more = { namespace: 'a\r\nb', address: server.origin };
    await expect(connectVault({ ...options, ...more }, { log: keptLog() })).rejects.toMatchObject({
      code: 'vault-config-invalid',
    });
    const noCa = { ...options, address: server.origin, caFile: '/nonexistent' };
    await expect(connectVault(noCa, { log: keptLog() })).rejects.toMatchObject({ code: 'vault-config-invalid' });
  });
});
