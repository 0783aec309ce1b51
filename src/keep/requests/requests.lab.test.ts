import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { lentRole } from '../../../test/lab/vault/castellan-token.ts';
import { tellVault, type VaultTarget } from '../../../test/lab/vault/vault-api.ts';
import type { SecretWish } from '../../change/wire/secret.ts';
import { connectVault } from '../../vault/connect.ts';
import { silent } from '../runs/runs.fixture.ts';
import { RequestBench } from './bench.fixture.ts';
import type { VaultDoor } from './door.ts';
import { requestConfig, typing } from './requests.fixture.ts';
import { vaultDoor } from './vault-door.ts';

await describeWithLab('requests over the lab’s Vault', (lab) => {
  const { vault } = lab;
  if (vault === undefined) throw new Error(`lab ${lab.name} is not whole: npm run lab -- build`);
  const root: VaultTarget = { addr: vault.addr, token: readFileSync(vault.rootTokenFile, 'utf8') };
  const opened = new AsyncDisposableStack();
  afterAll(() => opened.disposeAsync());

  const session = (async () =>
    opened.use(
      await connectVault(
        {
          address: vault.addr,
          plainHttp: false,
          caFile: undefined,
          namespace: undefined,
          peers: [],
          auth: { kind: 'token-file', file: vault.requestsTokenFile, requiredPolicy: 'castellan-requests' },
        },
        { log: silent },
      ),
    ))();

  /** A keep over the lab’s Vault and cluster, as the keep's own token lets it. */
  const open = async (change: (door: VaultDoor) => VaultDoor = (door) => door): Promise<RequestBench> => {
    const door = change(vaultDoor(await session, 'kubernetes'));
    const bench = await RequestBench.open({ door }, new Date());
    const config = requestConfig(bench.people.scratch);
    await bench.start({ config: { ...config, kubernetes: { kubeconfig: lab.kubeconfig.admin, context: undefined } } });
    return bench;
  };

  const newSecret = async (versions = 1) => {
    const path = `requests/${randomBytes(6).toString('hex')}`;
    const values = Array.from({ length: versions }, () => randomBytes(18).toString('base64url'));
    for (const password of values) {
      await tellVault(root, 'POST', `secret/data/${path}`, { data: { password, user: 'mail' } });
    }
    return { path, values, of: { mount: 'secret', path, key: 'password' } };
  };
  const valuesAt = async (path: string): Promise<unknown> => {
    const answer = await tellVault(root, 'GET', `secret/data/${path}`);
    return Object(Object(Object(answer)['data'])['data']);
  };

  it('shows exactly the version that was asked for, through a token that opens once', async () => {
    await using bench = await open();
    const { of, values } = await newSecret(3);
    const current = await bench.ask({ kind: 'reveal', of });
    expect((await bench.reveal(current.id)).value.reveal()).toBe(values[2]);
    const older = await bench.ask({ kind: 'reveal', of: { ...of, version: 2 } });
    expect((await bench.reveal(older.id)).value.reveal()).toBe(values[1]);
    for (const value of values) expect(bench.everythingKept()).not.toContain(value);
  });

  it('knows what there is to ask for', async () => {
    await using bench = await open();
    const { of } = await newSecret();
    const ask = (wish: SecretWish) => bench.ask(wish);
    await expect(ask({ kind: 'reveal', of: { ...of, key: 'pin' } })).rejects.toMatchObject({
      code: 'request-unknown-secret',
    });
    await expect(ask({ kind: 'reveal', of: { ...of, path: `${of.path}x` } })).rejects.toMatchObject({
      code: 'request-unknown-secret',
    });
    await expect(ask({ kind: 'write', of: { ...of, mount: 'database' } })).rejects.toMatchObject({
      code: 'request-not-possible',
    });
    expect(await ask({ kind: 'write', of: { ...of, path: `${of.path}x` } })).toMatchObject({ version: 0 });
  });

  it('notices a wrapping token that somebody else opened, and one of another path', async () => {
    const { of } = await newSecret();
    let meddle: (wrapped: string) => Promise<string> = async (wrapped) => wrapped;
    await using bench = await open((door) => ({
      ...door,
      work: (purpose, seconds, work) =>
        door.work(purpose, seconds, (doing) =>
          work({
            ...doing,
            wrap: async (...asked) => {
              const wrapped = await doing.wrap(...asked);
              return { ...wrapped, creationPath: await meddle(wrapped.token.reveal()) };
            },
          }),
        ),
    }));
    const used = await bench.ask({ kind: 'reveal', of });
    meddle = async (wrapped) => {
      await tellVault({ addr: vault.addr, token: wrapped }, 'POST', 'sys/wrapping/unwrap');
      return `secret/data/${of.path}`;
    };
    await expect(bench.reveal(used.id)).rejects.toMatchObject({ code: 'wrapping-used' });
    expect(bench.notices.at(-1)).toMatchObject({ what: 'wrapping-used', urgent: true });
    const wrong = await bench.ask({ kind: 'reveal', of });
    meddle = async () => 'secret/data/requests/another';
    await expect(bench.reveal(wrong.id)).rejects.toMatchObject({ code: 'wrapping-wrong' });
  });

  it('writes one key as the next version, a new secret too, and draws one', async () => {
    await using bench = await open();
    const { of } = await newSecret();
    const typed = typing();
    const { id } = await bench.ask({ kind: 'write', of });
    expect(await bench.write(id, typed)).toMatchObject({ state: 'done', madeVersion: 2 });
    expect(await valuesAt(of.path)).toEqual({ password: typed.value.reveal(), user: 'mail' });
    const fresh = await bench.ask({ kind: 'write', of: { ...of, path: `${of.path}/new` } });
    expect(await bench.write(fresh.id)).toMatchObject({ state: 'done', madeVersion: 1 });
    const drawn = await bench.ask({ kind: 'generate', of, length: 32, alphabet: 'hex' });
    expect(await bench.generate(drawn.id)).toMatchObject({ state: 'done', madeVersion: 3 });
    expect(await valuesAt(of.path)).toEqual({ password: expect.stringMatching(/^[0-9a-f]{32}$/), user: 'mail' });
    expect(bench.everythingKept()).not.toContain(typed.value.reveal());
  });

  it('loses to a second writer, and writes nothing over it', async () => {
    const { of } = await newSecret();
    const second = randomBytes(9).toString('hex');
    await using bench = await open((door) => ({
      ...door,
      work: (purpose, seconds, work) =>
        door.work(purpose, seconds, (doing) =>
          work({
            ...doing,
            write: async (...what) => {
              await tellVault(root, 'POST', `secret/data/${of.path}`, { data: { password: second } });
              return doing.write(...what);
            },
          }),
        ),
    }));
    const { id } = await bench.ask({ kind: 'generate', of, length: 32, alphabet: 'hex' });
    await expect(bench.generate(id)).rejects.toMatchObject({ code: 'request-moved' });
    expect(await valuesAt(of.path)).toEqual({ password: second });
    expect(bench.table.rows.get(id)).toMatchObject({ state: 'failed', why: expect.stringContaining('version 2') });
  });

  it('lends a kubeconfig that the cluster takes, until its lease ends, and none of another role', async () => {
    await using bench = await open();
    const wish = { kind: 'lease', role: lentRole, namespace: 'default', minutes: 10, clusterWide: false } as const;
    const { id } = await bench.ask(wish);
    const { view, kubeconfig } = await bench.lease(id);
    expect(Date.parse(view.leaseUntil ?? '') - bench.people.clock).toBeLessThanOrEqual(10 * 60_000 + 5_000);
    const file = join(bench.people.scratch.folder, 'lent.yaml');
    writeFileSync(file, kubeconfig.reveal(), { mode: 0o600 });
    const kubectl = (...args: readonly string[]) =>
      execa(lab.kubectl, ['--kubeconfig', file, ...args], {
        env: { HOME: '/nonexistent', KUBECACHEDIR: '/dev/null' },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      });
    await expect.poll(async () => (await kubectl('get', 'pods', '--output=name')).exitCode).toBe(0);
    expect((await kubectl('get', 'pods', '--namespace=kube-system')).stderr).toContain('Forbidden');
    await tellVault(root, 'POST', `sys/leases/revoke-prefix/kubernetes/creds/${lentRole}`);
    await expect.poll(async () => (await kubectl('get', 'pods')).stderr).toMatch(/Unauthorized|logged in|Forbidden/);
    const other = await bench.ask({ ...wish, role: 'castellan' });
    await expect(bench.lease(other.id)).rejects.toMatchObject({ code: 'vault-refused' });
    expect(bench.state(other.id)).toBe('failed');
  });

  it('does nothing of what a policy denies', async () => {
    const { of } = await newSecret();
    const name = `denying-${randomBytes(4).toString('hex')}`;
    const policy = `path "secret/metadata/*" { capabilities = ["read"] }
path "secret/subkeys/*" { capabilities = ["read"] }
path "auth/token/create" { capabilities = ["update"] }
path "auth/token/lookup-self" { capabilities = ["read"] }
path "sys/mounts" { capabilities = ["read"] }`;
    await tellVault(root, 'PUT', `sys/policies/acl/${name}`, { policy });
    const answer = await tellVault(root, 'POST', 'auth/token/create', { policies: [name], no_default_policy: true });
    await using bench = await open();
    const file = bench.people.scratch.write('denied-token', Object(Object(answer)['auth'])['client_token'], 0o600);
    const denied = await connectVault(
      {
        address: vault.addr,
        plainHttp: false,
        caFile: undefined,
        namespace: undefined,
        peers: [],
        auth: { kind: 'token-file', file, requiredPolicy: name },
      },
      { log: silent },
    );
    await using _ = denied;
    await bench.start({ door: vaultDoor(denied, 'kubernetes') });
    const before = await valuesAt(of.path);
    for (const kind of ['reveal', 'write'] as const) {
      const view = await bench.ask({ kind, of });
      await expect(bench.fulfil(view)).rejects.toMatchObject({ code: 'vault-refused' });
      expect(bench.state(view.id)).toBe('failed');
    }
    expect(await valuesAt(of.path)).toEqual(before);
  });
});
