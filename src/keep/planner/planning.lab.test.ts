import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../iac/git/origin.fixture.ts';
import { Secret } from '../../kit/index.ts';
import { badlyOf, standIn, wellOf } from './stand-in.fixture.ts';

describe('a plan', () => {
  it('comes with the digest of its bytes, its engine and what the state was', async () => {
    const at = await standIn();
    const planned = wellOf(await at.plan());
    expect(planned).toMatchObject({
      json: '{"format_version":"1.2"}',
      engine: 'OpenTofu 1.12.6',
      planSha256: createHash('sha256').update('the bytes').digest('hex'),
      state: { lineage: 'l', serial: 3, resources: 0 },
    });
    expect(at.steps).toEqual(['checkout', 'init', 'state', 'plan', 'show']);
    expect(Object.keys(planned.took)).toEqual(at.steps);
    expect(readdirSync(at.work)).toEqual([]);
  });

  it('is made by these commands, with nothing but what they need', async () => {
    const at = await standIn();
    process.env['TF_VAR_from_outside'] = 'x';
    await at.plan({ profile: { env: { TF_VAR_a: '1' }, credentials: { VAULT_TOKEN: new Secret('v') } } });
    delete process.env['TF_VAR_from_outside'];
    const tofu = '/castellan/bin/tofu';
    expect(at.commands.map(({ argv }) => argv)).toEqual([
      [tofu, 'init', '-input=false', '-no-color'],
      [tofu, 'state', 'pull'],
      [tofu, 'plan', '-out=/plan/plan', '-detailed-exitcode', '-input=false', '-no-color', '-json', '-lock=false'],
      [tofu, 'show', '-json', '/plan/plan'],
    ]);
    for (const { env, cwd, sockets, wallMs } of at.commands) {
      expect(cwd).toBe('/work/stacks/mail');
      expect(sockets).toEqual([]);
      expect(wallMs).toBeLessThanOrEqual(60_000);
      expect(env).toEqual({
        TF_VAR_a: '1',
        VAULT_TOKEN: 'v',
        PATH: '/castellan/bin:/usr/local/bin:/usr/bin:/bin',
        CHECKPOINT_DISABLE: '1',
        TF_CLI_CONFIG_FILE: '/castellan/given/terraform.rc',
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        TG_TF_PATH: tofu,
        TG_NON_INTERACTIVE: 'true',
        TG_NO_COLOR: 'true',
        TG_NO_TIPS: 'true',
        TG_TF_FORWARD_STDOUT: 'true',
        TG_NO_AUTO_PROVIDER_CACHE_DIR: 'true',
      });
    }
  });

  it('sees only the providers that are allowed, by a configuration without any other way', async () => {
    const at = await standIn();
    const provider = (name: string): void => {
      const folder = join(at.folder, 'mirror', 'registry.example.net', name, '1.0.0', 'linux_amd64');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(at.folder, 'real'), 'program');
      symlinkSync(join(at.folder, 'real'), join(folder, 'terraform-provider'));
    };
    provider('example/thing');
    provider('stranger/thing');
    let config = '';
    at.acts['init'] = ({ cwd }, outside) => {
      config = readFileSync(outside('/castellan/given/terraform.rc'), 'utf8');
      mkdirSync(outside(join(cwd, '.terraform')));
      return {};
    };
    await at.plan();
    expect(config).toContain('include = ["registry.example.net/example/thing"]');
    expect(config).not.toMatch(/direct|network_mirror|dev_overrides/);
    const shown = at.commands[0]?.binds.filter(({ to }) => to.startsWith('/castellan/providers'));
    expect(shown).toEqual([
      {
        from: join(at.folder, 'real'),
        to: '/castellan/providers/registry.example.net/example/thing/1.0.0/linux_amd64/terraform-provider',
        writable: false,
      },
    ]);
    const writable = at.commands[0]?.binds.filter((bind) => bind.writable).map(({ to }) => to);
    expect(writable).toEqual(['/work', '/plan']);
  });

  it('with a lock file in the tree does not change it', async () => {
    const at = await standIn({ 'stacks/mail/.terraform.lock.hcl': '' });
    await at.plan();
    expect(at.commands[0]?.argv).toContain('-lockfile=readonly');
  });

  it('by Terragrunt goes on where Terragrunt put the stack', async () => {
    const at = await standIn();
    const copy = '/work/stacks/mail/.terragrunt-cache/a/b/stacks/mail';
    at.acts['init'] = (_, outside) => {
      mkdirSync(outside(`${copy}/.terraform`), { recursive: true });
      return {};
    };
    at.acts['plan'] = () => ({
      exitCode: 1,
      stdout: `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"s","range":{"filename":"../../modules/app/main.tf","start":{"line":4}}}}\n`,
    });
    const runner = {
      kind: 'terragrunt',
      program: join(at.folder, 'terragrunt'),
      engine: join(at.folder, 'tofu'),
      engineKind: 'tofu',
    } as const;
    const planned = badlyOf(await at.plan({ profile: { runner } }));
    expect(planned.diagnostics).toEqual([{ summary: 's', detail: '', file: 'modules/app/main.tf', line: 4 }]);
    expect(at.commands.map(({ argv, cwd }) => [argv.slice(0, 6).join(' '), cwd])).toEqual([
      ['/castellan/bin/terragrunt run --working-dir /work/stacks/mail -- init', '/work/stacks/mail'],
      ['/castellan/bin/tofu state pull', copy],
      ['/castellan/bin/terragrunt run --working-dir /work/stacks/mail -- plan', '/work/stacks/mail'],
    ]);
  });

  it('reaches the API server without a credential, under each name the profile gives', async () => {
    const at = await standIn();
    const token = randomBytes(16).toString('hex');
    const kubeconfig = join(at.folder, 'kubeconfig');
    const config = {
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      clusters: [{ name: 'a', cluster: { server: 'https://192.0.2.1:6443' } }],
      users: [{ name: 'a', user: { token } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    let given = '';
    at.acts['plan'] = ({ env, sockets }, outside) => {
      given = readFileSync(outside(env['TF_VAR_kube'] ?? ''), 'utf8');
      expect(statSync(sockets[0]?.from ?? '').isSocket()).toBe(true);
      expect(JSON.parse(given).clusters[0].cluster).toEqual({ server: `http://127.0.0.1:${sockets[0]?.port}` });
      return { exitCode: 0 };
    };
    await at.plan({
      profile: { kubernetes: { kubeconfig, context: undefined, variables: ['TF_VAR_kube', 'KUBE_CONFIG_PATH'] } },
    });
    expect(at.commands[2]?.env['KUBE_CONFIG_PATH']).toBe(at.commands[2]?.env['TF_VAR_kube']);
    expect(given).not.toContain(token);
    expect(JSON.stringify(at.commands)).not.toContain(token);
    expect(at.commands[0]?.sockets).toEqual([]);
  });

  it('reaches the database without a password', async () => {
    const at = await standIn();
    const password = randomBytes(16).toString('hex');
    const connection = new Secret(`postgres://reader:${password}@192.0.2.1/state?sslmode=disable`);
    await at.plan({ profile: { state: { kind: 'pg', connection } } });
    expect(JSON.stringify(at.commands)).not.toContain(password);
    expect(at.commands[0]?.env).toMatchObject({
      PG_CONN_STR: 'postgres://plan@127.0.0.1:5432/state?sslmode=disable',
      PG_SKIP_SCHEMA_CREATION: 'true',
      PG_SKIP_TABLE_CREATION: 'true',
      PG_SKIP_INDEX_CREATION: 'true',
    });
    expect(at.commands[0]?.sockets).toMatchObject([{ port: 5432, hosts: [] }]);
  });

  it('of two addresses with one port is refused, of two names with one address is not', async () => {
    const at = await standIn();
    const to = { host: '192.0.2.1', port: 443 };
    const endpoint = { host: 'vault.example.net', port: 443, to };
    const other = { ...endpoint, host: 'dns.example.net' };
    await at.plan({ profile: { endpoints: [endpoint, other] } });
    expect(at.commands[0]?.sockets).toMatchObject([{ port: 443, hosts: ['vault.example.net', 'dns.example.net'] }]);
    const bad = { ...other, to: { host: '192.0.2.2', port: 443 } };
    expect((await refusal(at.plan({ profile: { endpoints: [endpoint, bad] } }))).code).toBe('profile-unusable');
  });
});

describe('a plan that fails', () => {
  it('at init says what the engine said', async () => {
    const at = await standIn();
    at.acts['init'] = () => ({
      exitCode: 1,
      stderr: '\nError: Failed to query\n\n  on main.tf line 3, in terraform:\n\nno such provider\n',
    });
    const planned = badlyOf(await at.plan());
    expect(planned).toMatchObject({ step: 'init', ended: 'exit', json: undefined, state: undefined });
    expect(planned.diagnostics).toMatchObject([{ summary: 'Failed to query', file: 'stacks/mail/main.tf', line: 3 }]);
    expect(readdirSync(at.work)).toEqual([]);
  });

  it('at a check still brings what was planned, for its secrets', async () => {
    const at = await standIn();
    at.acts['plan'] = (_, outside) => {
      writeFileSync(outside('/plan/plan'), 'x');
      return {
        exitCode: 1,
        stdout: '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"no","detail":"way"}}',
      };
    };
    expect(badlyOf(await at.plan())).toMatchObject({
      step: 'plan',
      json: '{"format_version":"1.2"}',
      diagnostics: [{ summary: 'no', detail: 'way' }],
      state: { serial: 3 },
    });
  });

  it('is one that wrote nothing, or whose bytes cannot be shown', async () => {
    const at = await standIn();
    at.acts['show'] = () => ({ exitCode: 1, stderr: 'Error: not a plan' });
    expect(badlyOf(await at.plan())).toMatchObject({ step: 'show', diagnostics: [{ summary: 'not a plan' }] });
    at.acts['plan'] = () => ({ exitCode: 0 });
    expect(badlyOf(await at.plan())).toMatchObject({ step: 'show', json: undefined });
  });

  it('is one whose time is over, or that was cancelled, at whatever step', async () => {
    for (const verb of ['init', 'state', 'plan', 'show']) {
      const at = await standIn();
      const cancel = new AbortController();
      const act = at.acts[verb];
      at.acts[verb] = async (...given) => {
        await act?.(...given);
        cancel.abort();
        return { exitCode: undefined, ended: 'cancelled' };
      };
      expect(badlyOf(await at.plan({ signal: cancel.signal })).ended).toBe('cancelled');
      expect(readdirSync(at.work)).toEqual([]);
    }
    const at = await standIn();
    at.acts['init'] = () => ({ exitCode: undefined, ended: 'timeout' });
    expect(badlyOf(await at.plan())).toMatchObject({ step: 'init', ended: 'timeout' });
  });

  it('is one whose state cannot be pulled: without it everything would be created', async () => {
    const at = await standIn();
    at.acts['state'] = () => ({ exitCode: 1, stderr: 'password authentication failed' });
    const { code, message } = await refusal(at.plan());
    expect(code).toBe('state-unreadable');
    expect(message).not.toContain('password');
    for (const stdout of ['not JSON', '{}', '{"lineage":"l"}', '[]']) {
      at.acts['state'] = () => ({ stdout });
      expect((await refusal(at.plan())).code).toBe('state-unreadable');
    }
    at.acts['state'] = () => ({ stdout: '\n' });
    expect(wellOf(await at.plan()).state).toBeUndefined();
    expect(readdirSync(at.work)).toEqual([]);
  });
});
