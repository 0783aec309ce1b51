import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab, kubectlAs } from './use-lab.ts';
import { castellanPolicies, lentRole } from './vault/castellan-token.ts';
import { plantSecrets } from './vault/planted.ts';
import { askVault, tellVault, type VaultTarget } from './vault/vault-api.ts';

/** What each token of deploy/vault may and may not; the daemon's is in vault.test.ts. */
await describeWithLab('the policies Castellan is deployed with', (lab) => {
  const { vault } = lab;
  if (vault === undefined) throw new Error(`lab ${lab.name} is not whole: npm run lab -- build`);
  const target = (tokenFile: string): VaultTarget => ({ addr: vault.addr, token: readFileSync(tokenFile, 'utf8') });
  const root = target(vault.rootTokenFile);
  const daemon = target(vault.castellanTokenFile);
  const fingerprinter = target(vault.fingerprinterTokenFile);
  const keep = target(vault.requestsTokenFile);

  const value = randomBytes(12).toString('hex');
  const plant = async (): Promise<string> => {
    const path = `smoke/${randomBytes(4).toString('hex')}`;
    await tellVault(root, 'POST', `secret/data/${path}`, { data: { password: value, other: 'stays' } });
    return path;
  };

  /** What none of them may, `PATH` being a secret that is there. */
  const never: readonly (readonly [string, string])[] = [
    ['DELETE', 'secret/data/PATH'],
    ['PUT', 'secret/delete/PATH'],
    ['PUT', 'secret/undelete/PATH'],
    ['PUT', 'secret/destroy/PATH'],
    ['POST', 'secret/metadata/PATH'],
    ['PATCH', 'secret/metadata/PATH'],
    ['DELETE', 'secret/metadata/PATH'],
    ['POST', 'secret/config'],
    ['GET', 'sys/policies/acl?list=true'],
    ['PUT', 'sys/policies/acl/castellan-metadata'],
    ['PUT', 'sys/policies/acl/castellan-requests'],
    ['GET', 'sys/auth'],
    ['POST', 'sys/auth/more'],
    ['POST', 'auth/approle/role/castellan-keep/secret-id'],
    ['POST', 'auth/approle/role/more'],
    ['POST', 'sys/mounts/more'],
    ['DELETE', 'sys/mounts/secret'],
    ['POST', 'sys/remount'],
    ['PUT', 'sys/seal'],
    ['GET', 'sys/audit'],
    ['DELETE', 'sys/audit/file'],
    ['POST', 'sys/wrapping/wrap'],
    ['PUT', 'cubbyhole/mine'],
    ['POST', 'database/rotate-role/pg-terraform-state'],
    ['GET', 'database/config/postgres'],
    ['POST', 'kubernetes/roles/more'],
    ['POST', 'kubernetes/creds/castellan'],
    ['POST', 'transit/encrypt/castellan'],
    ['POST', 'identity/entity'],
  ];

  const refused = async (who: VaultTarget, method: string, what: string): Promise<number> => {
    const path = what.replace('PATH', await plant());
    const body = method === 'GET' || method === 'DELETE' ? undefined : { data: {}, options: {}, versions: [1] };
    return (await askVault(who, method, path, body)).status;
  };

  it('are on tokens that belong to no other, without the default policy, in files of their owner', async () => {
    for (const [who, token] of [
      ['castellan', daemon],
      ['castellan-fingerprinter', fingerprinter],
      ['castellan-keep', keep],
    ] as const) {
      const seen = await tellVault(token, 'GET', 'auth/token/lookup-self');
      expect(seen).toMatchObject({ data: { policies: castellanPolicies[who], orphan: true, renewable: true } });
    }
    for (const file of [vault.fingerprinterTokenFile, vault.requestsTokenFile]) {
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    }
  });

  describe('for the daemon', () => {
    it('tell it which engines there are and who leads, by what it may ask', async () => {
      const seen = await tellVault(daemon, 'GET', 'sys/internal/ui/mounts');
      expect(seen).toMatchObject({ data: { secret: { 'secret/': { type: 'kv', options: { version: '2' } } } } });
      expect((await askVault(daemon, 'GET', 'sys/leader')).status).toBe(200);
      const paths = ['secret/data/any', 'secret/metadata/any', 'kubernetes/creds/castellan-reader'];
      expect(await tellVault(daemon, 'POST', 'sys/capabilities-self', { paths })).toMatchObject({
        data: {
          'secret/data/any': ['deny'],
          'secret/metadata/any': ['list', 'read'],
          'kubernetes/creds/castellan-reader': ['create', 'update'],
        },
      });
    });

    it('lend it the account that only looks, for as long as it wants and no other', async () => {
      const lease = await borrow(daemon, 'castellan-reader', { kubernetes_namespace: 'castellan', ttl: '10m' });
      expect(lease).toMatch(/^kubernetes\/creds\/castellan-reader\//);
      expect((await askVault(daemon, 'POST', 'sys/leases/renew', { lease_id: lease })).status).not.toBe(403);
      expect((await askVault(daemon, 'POST', 'sys/leases/revoke', { lease_id: lease })).status).toBe(204);
      const other = await borrow(root, 'castellan', { kubernetes_namespace: 'castellan' });
      for (const body of [{ lease_id: other }, { url_lease_id: other }, { lease_id: '', url_lease_id: other }, {}]) {
        expect((await askVault(daemon, 'POST', 'sys/leases/revoke', body)).status).toBe(403);
      }
      expect((await askVault(daemon, 'POST', `sys/leases/revoke/${other}`, {})).status).toBe(403);
      await tellVault(root, 'POST', 'sys/leases/revoke', { lease_id: other });
      expect((await askVault(daemon, 'POST', `kubernetes/creds/${lentRole}`, {})).status).toBe(403);
    });

    it('let it read nothing wrapped either', async () => {
      expect((await wrapped(daemon, `secret/data/${await plant()}`)).status).toBe(403);
    });
  });

  describe('for the fingerprinter', () => {
    it('let it read what is there, each version, and what was planted', async () => {
      await using planted = await plantSecrets(lab, 16);
      for (const { path, key, value: drawn } of planted.secrets) {
        const read = await tellVault(fingerprinter, 'GET', `secret/data/${path}?version=1`);
        expect(read).toMatchObject({ data: { data: { [key]: drawn }, metadata: { version: 1 } } });
      }
      expect((await askVault(fingerprinter, 'GET', 'database/static-creds/pg-terraform-state')).status).toBe(200);
      expect((await askVault(fingerprinter, 'GET', 'sys/mounts')).status).toBe(200);
      expect((await askVault(fingerprinter, 'GET', 'secret/metadata/planted?list=true')).status).toBe(200);
      expect((await askVault(fingerprinter, 'POST', 'auth/token/renew-self')).status).toBe(200);
    });

    it.each<readonly [string, string]>([
      ...never,
      ['POST', 'secret/data/PATH'],
      ['PATCH', 'secret/data/PATH'],
      ['POST', 'auth/token/create'],
      ['POST', `kubernetes/creds/${lentRole}`],
      ['POST', 'kubernetes/creds/castellan-reader'],
    ])('refuse it %s %s', async (method, what) => expect(await refused(fingerprinter, method, what)).toBe(403));

    it('let its account of the cluster get a Secret by name, and nothing else', async () => {
      const may = async (...words: readonly string[]) =>
        (await kubectlAs('fingerprinter', lab, ['auth', 'can-i', '--all-namespaces', ...words])).stdout.trim();
      expect(await may('get', 'secrets')).toBe('yes');
      for (const verb of ['list', 'watch', 'create', 'update', 'patch', 'delete']) {
        expect(await may(verb, 'secrets'), verb).toBe('no');
      }
      for (const what of ['pods', 'configmaps', 'pods/exec', 'serviceaccounts/token']) {
        expect(await may('get', what), what).toBe('no');
      }
    });
  });

  describe('for the keep', () => {
    it('answer a value only inside a token that opens once, and says what it was made for', async () => {
      const path = await plant();
      const plain = await askVault(keep, 'GET', `secret/data/${path}`);
      expect(plain.status).toBe(403);
      const { status, token } = await wrapped(keep, `secret/data/${path}`);
      expect(status).toBe(200);
      expect(await tellVault(keep, 'POST', 'sys/wrapping/lookup', { token })).toMatchObject({
        data: { creation_path: `secret/data/${path}` },
      });
      const opened = await tellVault(keep, 'POST', 'sys/wrapping/unwrap', { token });
      expect(opened).toMatchObject({ data: { data: { password: value } } });
      expect((await askVault(keep, 'POST', 'sys/wrapping/unwrap', { token })).status).toBe(400);
      expect((await wrapped(keep, `secret/data/${path}`, '1h')).status).toBe(403);
      expect((await wrapped(keep, `secret/data/${path}`, '0')).status).toBe(403);
    });

    it('let a token of one write write, over the version it saw, and read nothing, wrapped or not', async () => {
      const path = await plant();
      const write = await job(['castellan-requests-write']);
      const change = (cas: number) => ({ options: { cas }, data: { password: 'changed' } });
      expect((await askVault(write, 'PATCH', `secret/data/${path}`, change(1))).status).toBe(200);
      expect((await askVault(write, 'PATCH', `secret/data/${path}`, change(1))).status).toBe(400);
      expect(await tellVault(root, 'GET', `secret/data/${path}`)).toMatchObject({
        data: { data: { password: 'changed', other: 'stays' }, metadata: { version: 2 } },
      });
      expect((await askVault(write, 'POST', `secret/data/${path}-new`, change(0))).status).toBe(200);
      expect((await askVault(write, 'GET', `secret/data/${path}`)).status).toBe(403);
      expect((await wrapped(write, `secret/data/${path}`)).status).toBe(403);
      expect((await askVault(write, 'GET', `secret/metadata/${path}`)).status).toBe(403);
      expect((await askVault(write, 'POST', 'auth/token/create', { policies: [], type: 'batch' })).status).toBe(403);
    });

    it('let no token it makes read unwrapped, do more than it may, or outlive it', async () => {
      const path = await plant();
      for (const policies of [[...castellanPolicies['castellan-keep']], ['castellan-requests']]) {
        const child = await job(policies);
        expect((await askVault(child, 'GET', `secret/data/${path}`)).status, policies.join()).toBe(403);
        expect((await wrapped(child, `secret/data/${path}`)).status).toBe(200);
      }
      const make = async (body: object) => (await askVault(keep, 'POST', 'auth/token/create', body)).status;
      for (const policies of [['root'], ['default'], ['castellan-fingerprinter'], ['castellan-metadata']]) {
        expect(await make({ policies, type: 'batch' }), policies.join()).toBe(400);
      }
      expect(await make({ policies: ['castellan-requests'], type: 'batch', no_parent: true })).toBe(400);
      expect(await make({ policies: ['castellan-requests'], type: 'service' })).toBe(403);
      expect(await make({ policies: ['castellan-requests'] })).toBe(403);
      expect(await make({})).toBe(403);
      for (const other of ['auth/token/create-orphan', 'auth/token/create/any']) {
        expect((await askVault(keep, 'POST', other, { policies: ['root'], type: 'batch' })).status).toBe(403);
      }
    });

    it('lend an account that views, take it back, and touch no other lease', async () => {
      const lease = await borrow(keep, lentRole, { kubernetes_namespace: 'castellan', ttl: '10m' });
      const other = await borrow(root, 'castellan', { kubernetes_namespace: 'castellan' });
      for (const body of [{ lease_id: other }, { url_lease_id: other }, { lease_id: lease, url_lease_id: other }]) {
        expect((await askVault(keep, 'POST', 'sys/leases/revoke', body)).status).toBe(403);
      }
      expect((await askVault(keep, 'POST', 'sys/leases/revoke', { lease_id: lease })).status).toBe(204);
      await tellVault(root, 'POST', 'sys/leases/revoke', { lease_id: other });
      expect((await askVault(keep, 'POST', 'kubernetes/creds/castellan-reader', {})).status).toBe(403);
    });

    it.each<readonly [string, string]>([
      ...never,
      ['GET', 'secret/data/PATH'],
      ['GET', 'secret/data/PATH?version=1'],
      ['POST', 'secret/data/PATH'],
      ['PATCH', 'secret/data/PATH'],
      ['GET', 'database/static-creds/pg-terraform-state'],
    ])('refuse it %s %s', async (method, what) => expect(await refused(keep, method, what)).toBe(403));
  });

  async function job(policies: readonly string[]): Promise<VaultTarget> {
    const made = await tellVault(keep, 'POST', 'auth/token/create', { policies, type: 'batch', ttl: '60s' });
    return {
      addr: keep.addr,
      token: z.object({ auth: z.object({ client_token: z.string() }) }).parse(made).auth.client_token,
    };
  }

  async function borrow(who: VaultTarget, role: string, body: object): Promise<string> {
    return z.object({ lease_id: z.string() }).parse(await tellVault(who, 'POST', `kubernetes/creds/${role}`, body))
      .lease_id;
  }
});

const wrapInfo = z.object({ wrap_info: z.object({ token: z.string() }) });

async function wrapped(
  who: VaultTarget,
  path: string,
  ttl = '60s',
): Promise<{ status: number; token: string | undefined }> {
  const { status, body } = await askVault({ ...who, wrapTtl: ttl }, 'GET', path);
  return { status, token: wrapInfo.safeParse(body).data?.wrap_info.token };
}
