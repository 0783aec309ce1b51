import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { execa } from 'execa';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LabEnv } from './lab-env.ts';
import { logIn } from './oidc/log-in.ts';
import { describeWithLab, kubectlAs } from './use-lab.ts';
import { castellanPolicies } from './vault/castellan-token.ts';
import { askVault, tellVault, type VaultTarget } from './vault/vault-api.ts';

await describeWithLab('the lab’s Vault, used as its user would', (lab) => {
  const { vault, vaultRaft, postgres, oidc } = lab;
  if (vault === undefined || vaultRaft === undefined || postgres === undefined || oidc === undefined) {
    throw new Error(`lab ${lab.name} is not whole: npm run lab -- build`);
  }
  const nobody: VaultTarget = { addr: vault.addr };
  const root = { ...nobody, token: readFileSync(vault.rootTokenFile, 'utf8') };
  const castellan = { ...nobody, token: readFileSync(vault.castellanTokenFile, 'utf8') };
  const name = () => `smoke/${randomBytes(4).toString('hex')}`;

  it('refuses to write over a version the writer has not seen', async () => {
    const path = `secret/data/${name()}`;
    const write = (cas: number) => askVault(root, 'POST', path, { options: { cas }, data: { at: String(cas) } });
    expect((await write(0)).status).toBe(200);
    const stale = await write(0);
    expect(stale.status).toBe(400);
    expect(JSON.stringify(stale.body)).toContain('check-and-set parameter did not match');
    expect((await write(1)).status).toBe(200);
  });

  describe('to Castellan', () => {
    const path = name();
    const value = randomBytes(12).toString('hex');

    it('shows that a secret is there, its versions and its keys', async () => {
      await tellVault(root, 'POST', `secret/data/${path}`, { data: { password: value, nested: { pin: value } } });
      await tellVault(root, 'POST', `secret/metadata/${path}`, { custom_metadata: { owner: 'mira' } });
      const listed = await tellVault(castellan, 'GET', 'secret/metadata/smoke?list=true');
      expect(listed).toMatchObject({ data: { keys: expect.arrayContaining([path.slice('smoke/'.length)]) } });
      const seen = await tellVault(castellan, 'GET', `secret/metadata/${path}`);
      expect(seen).toMatchObject({ data: { current_version: 1, custom_metadata: { owner: 'mira' } } });
      const keys = await tellVault(castellan, 'GET', `secret/subkeys/${path}`);
      expect(keys).toMatchObject({ data: { subkeys: { password: null, nested: { pin: null } } } });
      expect(JSON.stringify([listed, seen, keys])).not.toContain(value);
    });

    it('names people and groups, without what is kept about them', async () => {
      const entity = `guest-${randomBytes(4).toString('hex')}`;
      await tellVault(root, 'POST', 'identity/entity', { name: entity, metadata: { phone: value } });
      const listed = await tellVault(castellan, 'GET', 'identity/entity/name?list=true');
      expect(listed).toMatchObject({ data: { keys: expect.arrayContaining([entity]) } });
      expect((await askVault(castellan, 'GET', `identity/entity/name/${entity}`)).status).toBe(403);
    });

    it.each([
      ['GET', 'sys/mounts'],
      ['GET', 'sys/auth'],
      ['GET', 'sys/policies/acl?list=true'],
      ['GET', 'sys/policies/acl/castellan-metadata'],
      ['GET', 'sys/health'],
      ['GET', 'sys/ha-status'],
      ['GET', 'database/static-roles?list=true'],
      ['GET', 'database/static-roles/pg-terraform-state'],
      ['GET', 'auth/token/lookup-self'],
      ['POST', 'auth/token/renew-self'],
    ])('answers %s %s', async (method, what) => {
      expect(await askVault(castellan, method, what)).toMatchObject({ status: 200 });
    });

    it.each([
      ['GET', `secret/data/${path}`],
      ['GET', `secret/data/${path}?version=1`],
      ['POST', `secret/data/${path}`],
      ['PATCH', `secret/data/${path}`],
      ['DELETE', `secret/data/${path}`],
      ['POST', `secret/metadata/${path}`],
      ['DELETE', `secret/metadata/${path}`],
      ['PUT', `secret/undelete/${path}`],
      ['PUT', `secret/destroy/${path}`],
      ['GET', 'database/static-creds/pg-terraform-state'],
      ['POST', 'database/rotate-role/pg-terraform-state'],
      ['GET', 'database/config/postgres'],
      ['POST', 'kubernetes/creds/castellan'],
      ['POST', 'transit/encrypt/castellan'],
      ['GET', 'transit/export/encryption-key/castellan'],
      ['GET', 'auth/approle/role/castellan/role-id'],
      ['POST', 'auth/approle/role/castellan/secret-id'],
      ['POST', 'auth/token/create'],
      ['PUT', 'cubbyhole/mine'],
      ['PUT', 'sys/policies/acl/castellan-metadata'],
      ['POST', 'sys/mounts/more'],
      ['GET', 'sys/raw/core/mounts'],
      ['GET', 'sys/audit'],
      ['PUT', 'sys/seal'],
    ])('refuses %s %s', async (method, what) => {
      const sent = method === 'GET' || method === 'DELETE' ? undefined : { data: {} };
      expect((await askVault(castellan, method, what, sent)).status).toBe(403);
    });

    it('gives a token that lives on, belongs to no other, and has two policies that only look', async () => {
      const seen = await tellVault(castellan, 'GET', 'auth/token/lookup-self');
      expect(seen).toMatchObject({
        data: { policies: castellanPolicies.castellan, period: 30 * 24 * 3600, orphan: true, renewable: true },
      });
      for (const file of [vault.rootTokenFile, vault.castellanTokenFile, vault.audit]) {
        expect(statSync(file).mode & 0o777, file).toBe(0o600);
      }
    });

    it('is written down, without the values', async () => {
      const log = readFileSync(vault.audit, 'utf8');
      expect(log).toContain(`"path":"secret/metadata/${path}"`);
      expect(log).toContain('"display_name":"token-castellan"');
      expect(log).not.toContain(value);
      expect(log).not.toContain(castellan.token);
    });
  });

  it('encrypts with a key that never leaves it', async () => {
    const plaintext = Buffer.from('the postern gate').toString('base64');
    const sealed = dataOf(await tellVault(root, 'POST', 'transit/encrypt/castellan', { plaintext }));
    expect(sealed['ciphertext']).toMatch(/^vault:v1:/);
    const opened = dataOf(await tellVault(root, 'POST', 'transit/decrypt/castellan', sealed));
    expect(opened['plaintext']).toBe(plaintext);
  });

  it('rotates the password of a database user, who may read Terraform’s state and not change it', async () => {
    const lent = async () => dataOf(await tellVault(root, 'GET', 'database/static-creds/pg-terraform-state'));
    const url = async () => {
      const { username, password } = await lent();
      const address = new URL(postgres.state);
      address.username = String(username);
      address.password = String(password);
      return address.href;
    };
    await onDatabase(postgres.state, 'create schema smoke; create table smoke.states (name text)');
    try {
      const before = await url();
      await onDatabase(before, 'select * from smoke.states');
      await expect(onDatabase(before, "insert into smoke.states values ('x')")).rejects.toMatchObject({
        code: '42501',
      });
      await tellVault(root, 'POST', 'database/rotate-role/pg-terraform-state');
      await onDatabase(await url(), 'select * from smoke.states');
      await expect(onDatabase(before, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    } finally {
      await onDatabase(postgres.state, 'drop schema smoke cascade');
    }
  });

  it('lets an account of the cluster in, and lends a short token of it that only looks', async () => {
    const made = await kubectlAs('admin', lab, [
      'create',
      'token',
      'castellan',
      '--namespace=castellan',
      '--audience=vault',
    ]);
    const login = await askVault(nobody, 'POST', 'auth/kubernetes/login', {
      role: 'castellan',
      jwt: made.stdout.trim(),
    });
    expect(login.body).toMatchObject({ auth: { policies: castellanPolicies.castellan } });
    const forAnother = await kubectlAs('admin', lab, ['create', 'token', 'castellan', '--namespace=castellan']);
    const refused = { role: 'castellan', jwt: forAnother.stdout.trim() };
    expect((await askVault(nobody, 'POST', 'auth/kubernetes/login', refused)).status).toBe(403);

    const lent = dataOf(
      await tellVault(root, 'POST', 'kubernetes/creds/castellan', { kubernetes_namespace: 'castellan' }),
    );
    const token = String(lent['service_account_token']);
    expect((await kubectlWith(lab, token, ['get', 'pods', '--all-namespaces', '--output=name'])).stdout).toContain(
      'pod/',
    );
    expect((await kubectlWith(lab, token, ['get', 'secrets', '--all-namespaces'])).stderr).toContain('Forbidden');
  });

  it('lets people in with what the OpenID provider signed, and machines with a role', async () => {
    const { id_token } = await logIn(oidc, 'mira');
    const person = await tellVault(nobody, 'POST', 'auth/jwt/login', { role: 'household', jwt: id_token });
    expect(person).toMatchObject({ auth: { policies: ['default'], metadata: { role: 'household' } } });

    const role_id = dataOf(await tellVault(root, 'GET', 'auth/approle/role/castellan/role-id'))['role_id'];
    const secret_id = dataOf(await tellVault(root, 'POST', 'auth/approle/role/castellan/secret-id'))['secret_id'];
    const machine = await tellVault(nobody, 'POST', 'auth/approle/login', { role_id, secret_id });
    expect(machine).toMatchObject({ auth: { policies: castellanPolicies.castellan } });
  });

  describe('with storage of its own', () => {
    const raft: VaultTarget = { addr: vaultRaft.addr, caFile: vaultRaft.caFile };
    const key = readFileSync(vaultRaft.unsealKeyFile, 'utf8');
    const rootOfRaft = { ...raft, token: readFileSync(vaultRaft.rootTokenFile, 'utf8') };
    const castellanOfRaft = { ...raft, token: readFileSync(vaultRaft.castellanTokenFile, 'utf8') };

    it('shows Castellan that its one node is healthy', async () => {
      await expect
        .poll(() => askVault(castellanOfRaft, 'GET', 'sys/storage/raft/autopilot/state'), { timeout: 30_000 })
        .toMatchObject({ status: 200, body: { data: { healthy: true, leader: 'lab' } } });
      expect((await askVault(castellanOfRaft, 'GET', 'secret/data/any')).status).toBe(403);
    });

    it('is sealed, says so, keeps what it had, and is unsealed', async () => {
      const value = randomBytes(8).toString('hex');
      await tellVault(rootOfRaft, 'POST', 'secret/data/kept', { data: { value } });
      await tellVault(rootOfRaft, 'PUT', 'sys/seal');
      try {
        const sealed = await askVault(raft, 'GET', 'sys/health');
        expect(sealed).toMatchObject({ status: 503, body: { sealed: true, initialized: true } });
        expect((await askVault(castellanOfRaft, 'GET', 'secret/metadata/kept')).status).toBe(503);
      } finally {
        await tellVault(raft, 'PUT', 'sys/unseal', { key });
      }
      await expect.poll(async () => (await askVault(raft, 'GET', 'sys/health')).status, { timeout: 30_000 }).toBe(200);
      expect(await tellVault(rootOfRaft, 'GET', 'secret/data/kept')).toMatchObject({ data: { data: { value } } });
    });

    it('lets anybody of this machine read its metrics', async () => {
      const { status, body } = await askVault(raft, 'GET', 'sys/metrics');
      expect(status).toBe(200);
      expect(JSON.stringify(body)).toContain('vault.core.unsealed');
    });
  });
});

function dataOf(answer: unknown): Record<string, unknown> {
  return z.object({ data: z.record(z.string(), z.unknown()) }).parse(answer).data;
}

function kubectlWith(lab: LabEnv, token: string, args: readonly string[]) {
  const access = ['--kubeconfig=/dev/null', `--server=${lab.server}`, '--insecure-skip-tls-verify', `--token=${token}`];
  return execa(lab.kubectl, [...access, ...args], { env: { HOME: '/nonexistent' }, extendEnv: false, reject: false });
}

async function onDatabase(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
