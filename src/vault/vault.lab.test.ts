import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { logIn } from '../../test/lab/oidc/log-in.ts';
import { describeWithLab, kubectlAs } from '../../test/lab/use-lab.ts';
import { askVault, tellVault } from '../../test/lab/vault/vault-api.ts';
import { Secret } from '../kit/index.ts';
import { connectVault } from './connect.ts';
import { staticRole, staticRoles } from './databases.ts';
import { haStatus, leaderOf, nodeHealth, raftState } from './health.ts';
import { clientOf, keptLog, word } from './hostile.fixture.ts';
import { mintKubernetesToken, renewLease, revokeLease } from './kubernetes-tokens.ts';
import { listKeys } from './kv.ts';
import { openLeased } from './leased.ts';
import type { VaultAuth, VaultSession } from './port.ts';
import { metadataOnly, wrappedOnly } from './scripted-vault.fixture.ts';
import { readValues } from './values.ts';
import { vaultContract } from './vault.contract.ts';

const policies = {
  [metadataOnly]: `path "secret/metadata/*" { capabilities = ["read", "list"] }
    path "secret/subkeys/*" { capabilities = ["read", "list"] }
    path "sys/capabilities-self" { capabilities = ["update"] }`,
  [wrappedOnly]: `path "secret/data/*" { capabilities = ["read"] min_wrapping_ttl = "30s" }`,
};
const created = z.object({ auth: z.object({ client_token: z.string() }) });

await describeWithLab('a real Vault', (lab) => {
  const { vault: at, vaultRaft, oidc } = lab;
  if (at === undefined || vaultRaft === undefined || oidc === undefined)
    throw new Error(`lab ${lab.name} is not whole`);
  const folder = mkdtempSync(join(tmpdir(), 'castellan-vault-'));
  const root = { addr: at.addr, token: readFileSync(at.rootTokenFile, 'utf8') };
  const fileOf = (text: string): string => {
    const file = join(folder, word());
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const connect = (auth: VaultAuth, log = keptLog()): Promise<VaultSession> => {
    const options = { address: at.addr, plainHttp: false, caFile: undefined, namespace: undefined, peers: [], auth };
    return connectVault(options, { log });
  };
  const asRoot = { kind: 'token-file', file: at.rootTokenFile, requiredPolicy: 'root' } as const;

  let vault: VaultSession;
  let wrapping: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    for (const [name, policy] of Object.entries(policies))
      await tellVault(root, 'PUT', `sys/policies/acl/${name}`, { policy });
    const made = await tellVault(root, 'POST', 'auth/token/create', { policies: [wrappedOnly], ttl: '10m' });
    wrapping = clientOf(at.addr, new Secret(created.parse(made).auth.client_token));
    vault = await connect(asRoot);
  });
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
    await wrapping.sender[Symbol.asyncDispose]();
    for (const name of Object.keys(policies)) await tellVault(root, 'DELETE', `sys/policies/acl/${name}`);
    rmSync(folder, { recursive: true });
  });

  vaultContract('as the contract says', () => ({ vault, wrapping: wrapping.client }));

  describe('is logged in to', () => {
    it('by AppRole, again when the token is revoked, and gives it back at the end', async () => {
      const get = async (what: string, method: string) =>
        z
          .object({ data: z.record(z.string(), z.unknown()) })
          .parse(await tellVault(root, method, `auth/approle/role/castellan/${what}`)).data;
      const roleIdFile = fileOf(String((await get('role-id', 'GET'))['role_id']));
      const secretIdFile = fileOf(`${String((await get('secret-id', 'POST'))['secret_id'])}\n`);
      const session = await connect({ kind: 'approle', mount: 'approle', roleIdFile, secretIdFile });
      const first = session.standing();
      expect(first).toMatchObject({ state: 'alive', displayName: 'approle' });
      expect(first.policies).toContain('castellan-metadata');
      await listKeys(session, 'secret', '');
      await tellVault(root, 'POST', 'auth/token/revoke-accessor', { accessor: first.accessor });
      await listKeys(session, 'secret', '');
      const { accessor } = session.standing();
      expect(accessor).not.toBe(first.accessor);
      await expect(readValues(session, 'secret', 'a')).rejects.toMatchObject({ code: 'vault-refused' });
      expect(session.standing().accessor).toBe(accessor);
      const job = session.job({ policies: ['castellan-metadata'], ttlSeconds: 60 }, async () => 1);
      await expect(job).rejects.toMatchObject({ code: 'vault-job-refused' });
      await session[Symbol.asyncDispose]();
      await expect(tellVault(root, 'POST', 'auth/token/lookup-accessor', { accessor })).rejects.toThrow(
        'invalid accessor',
      );
    });

    it('by a ServiceAccount of the cluster', async () => {
      const args = ['create', 'token', 'castellan', '--namespace=castellan', '--audience=vault'];
      const { stdout } = await kubectlAs('admin', lab, args);
      await using session = await connect({
        kind: 'kubernetes',
        mount: 'kubernetes',
        role: 'castellan',
        tokenFile: fileOf(stdout),
      });
      expect(session.standing()).toMatchObject({ state: 'alive', displayName: 'kubernetes-castellan-castellan' });
      await listKeys(session, 'secret', '');
    });

    it('by a token that an identity provider signed', async () => {
      const [user] = oidc.users;
      const { id_token: idToken = '' } = await logIn(oidc, user?.login ?? '');
      await using session = await connect({ kind: 'jwt', mount: 'jwt', role: 'household', tokenFile: fileOf(idToken) });
      expect(session.standing()).toMatchObject({ state: 'alive', policies: ['default'] });
    });

    it('in vain with a credential that is not good', async () => {
      await using session = await connect({ kind: 'jwt', mount: 'jwt', role: 'household', tokenFile: fileOf(word()) });
      expect(session.standing()).toMatchObject({ state: 'lost', why: expect.stringContaining('did not accept') });
      await expect(listKeys(session, 'secret', '')).rejects.toMatchObject({ code: 'vault-token-lost' });
    });

    it('with a token of its own in a file, and never with another’s', async () => {
      const auth = { kind: 'token-file', file: at.castellanTokenFile, requiredPolicy: 'castellan-metadata' } as const;
      await using session = await connect(auth);
      expect(session.standing()).toMatchObject({ state: 'alive', displayName: 'token-castellan' });
      await using foreign = await connect({ ...auth, requiredPolicy: 'somebody' });
      expect(foreign.standing()).toMatchObject({ state: 'foreign' });
      await expect(listKeys(foreign, 'secret', '')).rejects.toMatchObject({ code: 'vault-token-lost' });
    });
  });

  it('makes no job out of a batch token', async () => {
    const made = await tellVault(root, 'POST', 'auth/token/create', {
      policies: [metadataOnly],
      ttl: '10m',
      type: 'batch',
    });
    const file = fileOf(created.parse(made).auth.client_token);
    await using session = await connect({ kind: 'token-file', file, requiredPolicy: metadataOnly });
    expect(session.standing()).toMatchObject({ state: 'alive' });
    const job = session.job({ policies: [metadataOnly], ttlSeconds: 60 }, async () => 1);
    await expect(job).rejects.toMatchObject({
      code: 'vault-job-refused',
      message: expect.stringContaining('batch token'),
    });
  });

  it('knows when a password was last rotated', async () => {
    expect(await staticRoles(vault, 'database')).toContain('pg-terraform-state');
    expect(await staticRole(vault, 'database', 'pg-terraform-state')).toMatchObject({
      database: 'postgres',
      username: 'tfstate_reader',
      rotationSeconds: 7 * 24 * 3_600,
      rotatedAt: expect.any(Date),
    });
  });

  describe('lends a token of the cluster', () => {
    const request = {
      mount: 'kubernetes',
      role: 'castellan',
      namespace: 'castellan',
      ttlSeconds: 900,
      clusterWide: false,
    };
    const whoAmI = async (token: Secret): Promise<string> => {
      const ca = readFileSync(lab.kubeconfig.castellan, 'utf8');
      const file = fileOf(
        ca
          .replace(/^(\s+)(token|tokenFile|client-key-data|client-certificate-data): .*$/gm, '')
          .replace(/^(\s+)user:( \{\})?$/m, `$1user: { token: ${token.reveal()} }`),
      );
      const { stdout, stderr } = await promisify(execFile)(
        lab.kubectl,
        ['--kubeconfig', file, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
        { env: { HOME: '/nonexistent' } },
      );
      return stdout + stderr;
    };

    const isKnown = async (lease: Secret): Promise<boolean> =>
      (await askVault(root, 'PUT', 'sys/leases/lookup', { lease_id: lease.reveal() })).status === 200;

    it('that is the account’s, and whose lease ends when it is revoked', async () => {
      const lent = await mintKubernetesToken(vault, request);
      expect(lent.account).toBe('castellan/castellan');
      expect(lent.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(900_000);
      expect(lent.expiresAt.getTime() - Date.now()).toBeGreaterThan(800_000);
      expect(await whoAmI(lent.token)).toBe('system:serviceaccount:castellan:castellan');
      // The engine prolongs none of them: whoever needs it longer mints another.
      await expect(renewLease(vault, lent.lease, 900)).rejects.toMatchObject({ code: 'vault-rejected' });
      expect(await isKnown(lent.lease)).toBe(true);
      await revokeLease(vault, lent.lease);
      expect(await isKnown(lent.lease)).toBe(false);
    });

    it('not to everybody', async () => {
      await using session = await connect({
        kind: 'token-file',
        file: at.castellanTokenFile,
        requiredPolicy: 'castellan-metadata',
      });
      await expect(mintKubernetesToken(session, request)).rejects.toMatchObject({ code: 'vault-refused' });
      await expect(mintKubernetesToken(vault, { ...request, namespace: 'kube-system' })).rejects.toMatchObject({
        code: 'vault-rejected',
      });
    });

    it('for as long as it is needed', async () => {
      const leases: Secret[] = [];
      const leased = openLeased({
        mint: async () => {
          const lent = await mintKubernetesToken(vault, request);
          leases.push(lent.lease);
          return lent;
        },
        revoke: (lease) => revokeLease(vault, lease),
        log: keptLog(),
      });
      const token = await leased.current();
      expect(await leased.current()).toBe(token);
      await leased[Symbol.asyncDispose]();
      expect(leases).toHaveLength(1);
      for (const lease of leases) expect(await isKnown(lease)).toBe(false);
    });
  });

  describe('over TLS', () => {
    it('is known by its certificate, whatever the environment says', async () => {
      expect(await nodeHealth({ address: vaultRaft.addr, caFile: vaultRaft.caFile })).toMatchObject({ role: 'active' });
      for (const [key, text] of Object.entries({ NODE_TLS_REJECT_UNAUTHORIZED: '0', VAULT_SKIP_VERIFY: 'true' }))
        vi.stubEnv(key, text);
      const unknown = await nodeHealth({ address: vaultRaft.addr, caFile: undefined });
      vi.unstubAllEnvs();
      expect(unknown).toMatchObject({
        role: 'unreachable',
        why: expect.stringMatching(/\((SELF_SIGNED|UNABLE_TO|DEPTH_ZERO)/),
      });
    });

    it('tells its leader and the state of its raft', async () => {
      const auth = { kind: 'token-file', file: vaultRaft.rootTokenFile, requiredPolicy: 'root' } as const;
      const options = {
        address: vaultRaft.addr,
        plainHttp: false,
        caFile: vaultRaft.caFile,
        namespace: undefined,
        peers: [],
        auth,
      };
      await using raft = await connectVault(options, { log: keptLog() });
      expect(await leaderOf(raft)).toMatchObject({ haEnabled: true, isSelf: true, activeSince: expect.any(Date) });
      expect(await haStatus(raft)).toMatchObject([{ active: true }]);
      expect(await raftState(raft)).toMatchObject({ healthy: true, servers: [{ status: 'leader', healthy: true }] });
    });
  });
});
