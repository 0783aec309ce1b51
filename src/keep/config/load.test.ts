import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKeepConfig, loadKeepDirectories } from './load.ts';
import { KeepScratch, refusedBy, someCommit } from './scratch.fixture.ts';

describe('keep.yaml', () => {
  it('needs a repository and a profile, and has a default for the rest', () => {
    using scratch = new KeepScratch();
    expect(scratch.load()).toMatchObject({
      stateDirectory: '/var/lib/castellan-keep',
      database: { kind: 'embedded', directory: '/var/lib/castellan-keep/db' },
      repository: { branch: 'main', trustedBase: someCommit, token: undefined },
      drift: { at: undefined, parallel: 2 },
      plansPerHour: 20,
      profiles: [{ name: 'plain', state: { kind: 'none' }, timeoutSeconds: 600 }],
    });
  });

  it('is frozen, and shows no secret when it is printed', () => {
    using scratch = new KeepScratch();
    const value = `x${randomBytes(20).toString('hex')}`;
    const token = scratch.write('token', `${value}\n`);
    const config = scratch.load(scratch.yaml({ repository: `tokenFrom: ${token}` }));
    expect(config.repository.token?.reveal()).toBe(value);
    expect(JSON.stringify(config)).not.toContain(value);
    expect(Object.isFrozen(config.profiles[0]?.env)).toBe(true);
  });

  it('tells every problem at once, with its place, and never a value', () => {
    using scratch = new KeepScratch();
    const value = randomBytes(20).toString('hex');
    const error = refusedBy(() =>
      scratch.load(scratch.yaml({ more: `plansPerHour: 0\nsecretly: ${value}\ndrift: { at: '25:00' }` })),
    );
    expect(error.message).toContain('keep.yaml:10:1: plansPerHour takes at least 1');
    expect(error.message).toContain('keep.yaml:11:1: secretly is not a key');
    expect(error.message).toContain('keep.yaml:12:10: drift.at takes a local time like 03:30');
    expect(error.message).not.toContain(value);
  });

  it('is refused when it, or a folder above it, can be changed by others', () => {
    using scratch = new KeepScratch();
    const file = scratch.write('etc/keep.yaml', scratch.yaml(), 0o646);
    expect(refusedBy(() => loadKeepConfig(file, { seatBelt: true })).code).toBe('config-unsafe');
    chmodSync(file, 0o644);
    chmodSync(join(scratch.folder, 'etc'), 0o777);
    expect(refusedBy(() => loadKeepConfig(file, { seatBelt: true })).code).toBe('config-unsafe');
    chmodSync(join(scratch.folder, 'etc'), 0o755);
    expect(loadKeepConfig(file, { seatBelt: true }).file).toBe(file);
  });

  it('tells where its keep is spoken to without reading a secret it names, and is proven all the same', () => {
    using scratch = new KeepScratch();
    const yaml = scratch.yaml({
      repository: `tokenFrom: ${join(scratch.folder, 'of-others')}`,
      more: 'directories: { humans: /run/elsewhere }',
    });
    const file = scratch.write('etc/keep.yaml', yaml);
    expect(refusedBy(() => loadKeepConfig(file, { seatBelt: true })).message).toContain('repository.tokenFrom');
    expect(loadKeepDirectories(file, { seatBelt: true }).humans).toBe('/run/elsewhere');
    chmodSync(file, 0o646);
    expect(refusedBy(() => loadKeepDirectories(file, { seatBelt: true })).code).toBe('config-unsafe');
  });

  it('says who writes one when there is none', () => {
    using scratch = new KeepScratch();
    const missing = join(scratch.folder, 'absent.yaml');
    expect(refusedBy(() => loadKeepConfig(missing, { seatBelt: true }))).toMatchObject({
      code: 'config-not-found',
      next: expect.stringContaining('castellan install'),
    });
    expect(refusedBy(() => loadKeepConfig('keep.yaml', { seatBelt: true })).code).toBe('config-unsafe');
  });

  it.each([
    ['a program', 'bin/tofu', (_: KeepScratch) => ({})],
    ['a kubeconfig', 'kube', (s: KeepScratch) => ({ more: `kubernetes: { kubeconfig: ${s.folder}/kube }` })],
    ['a deploy key', 'key', (s: KeepScratch) => ({ repository: `sshKeyFile: ${s.folder}/key` })],
    ['a credential', 'cred', (s: KeepScratch) => ({ profile: `credentials: { SOME_NAME: ${s.folder}/cred }` })],
    ['a provider', 'mirror/x', (_: KeepScratch) => ({})],
  ])('is refused when others can change %s it names', (_, name, options) => {
    using scratch = new KeepScratch();
    scratch.write(name, 'x', 0o600);
    expect(() => scratch.load(scratch.yaml(options(scratch)))).not.toThrow();
    scratch.write(name, 'x', 0o622);
    expect(refusedBy(() => scratch.load(scratch.yaml(options(scratch)))).code).toBe('config-unsafe');
  });

  it('is refused when what it names is reached through a folder that others can write to', () => {
    using scratch = new KeepScratch();
    scratch.write('open/tofu', 'x', 0o755);
    symlinkSync(join(scratch.folder, 'open'), join(scratch.folder, 'programs'));
    const yaml = scratch.yaml().replace('/bin/tofu', '/programs/tofu');
    expect(() => scratch.load(yaml)).not.toThrow();
    chmodSync(join(scratch.folder, 'open'), 0o777);
    expect(refusedBy(() => scratch.load(yaml)).code).toBe('config-unsafe');
  });

  it.each([
    ['a name', 'VAULT_TOKEN: anything'],
    ['a name of a connection', 'PG_CONN_STR: host=db.example.net'],
    ['a URL with a user', 'ADDRESS: https://user:word@db.example.net'],
    ['a value', `NOTE: ghp_${'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'}`],
  ])('is refused when a literal variable looks like a credential by %s', (_, line) => {
    using scratch = new KeepScratch();
    const error = refusedBy(() => scratch.load(scratch.yaml({ profile: `env: { ${line} }` })));
    expect(error.message).toMatch(/^keep\.yaml:10:12: profiles\[0\]\.env\.\w+ looks like a credential$/);
  });

  it('takes harmless variables', () => {
    using scratch = new KeepScratch();
    const yaml = scratch.yaml({ profile: 'env: { TF_IN_AUTOMATION: "1", VAULT_ADDR: https://vault.example.net }' });
    expect(scratch.load(yaml).profiles[0]?.env).toEqual({
      TF_IN_AUTOMATION: '1',
      VAULT_ADDR: 'https://vault.example.net',
    });
  });

  it('takes no secret, no relative path and no branch as trusted base', () => {
    using scratch = new KeepScratch();
    for (const yaml of [
      scratch.yaml({ repository: 'tokenFrom: abc' }),
      scratch.yaml({ more: 'workDirectory: work' }),
      scratch.yaml().replace(someCommit, 'main'),
      scratch.yaml({ profile: 'kubernetes: { kubeconfig: ~/.kube/config }' }),
    ]) {
      expect(refusedBy(() => scratch.load(yaml)).code).toBe('config-invalid');
    }
  });

  it('does not read the environment', () => {
    using scratch = new KeepScratch();
    process.env['CASTELLAN_PLANS_PER_HOUR'] = '999';
    process.env['CASTELLAN_STATE_DIRECTORY'] = '/elsewhere';
    try {
      expect(scratch.load()).toMatchObject({ plansPerHour: 20, stateDirectory: '/var/lib/castellan-keep' });
    } finally {
      delete process.env['CASTELLAN_PLANS_PER_HOUR'];
      delete process.env['CASTELLAN_STATE_DIRECTORY'];
    }
  });
});

describe('keep.yaml, for changes,', () => {
  const secretFile = (scratch: KeepScratch, name: string): { readonly path: string; readonly value: string } => {
    const value = `v${randomBytes(20).toString('hex')}`;
    return { path: scratch.write(name, `${value}\n`), value };
  };

  it('lands and applies nothing, tells nobody and asks one person, unless it says so', () => {
    using scratch = new KeepScratch();
    expect(scratch.load()).toMatchObject({
      repository: { push: undefined },
      profiles: [{ apply: undefined }],
      console: { origin: 'http://castellan.localhost:8790', port: 8_790 },
      approval: { hours: 24, minutes: 60, twoPeople: [], pending: 3 },
      notify: { webhook: undefined, ntfy: undefined, slack: undefined },
      expect: { prometheus: undefined, alertmanager: undefined, probes: [] },
    });
  });

  it('names what lands and what applies, each by a file, and shows no secret when it is printed', () => {
    using scratch = new KeepScratch();
    const [push, connection, credential, slack] = ['push', 'connection', 'credential', 'slack'].map((name) =>
      secretFile(scratch, name),
    );
    const kubeconfig = scratch.write('kube', 'x');
    const apply = [
      'apply:',
      `  kubernetes: { kubeconfig: ${kubeconfig}, context: home }`,
      `  connectionFrom: ${connection?.path}`,
      `  credentials: { CLOUD_TOKEN: ${credential?.path} }`,
      '  timeoutSeconds: 900',
    ].join('\n');
    const config = scratch.load(
      scratch.yaml({
        profile: apply,
        repository: `push: { tokenFrom: ${push?.path} }`,
        more: `notify: { slackFrom: ${slack?.path}, ntfy: https://ntfy.example.net/castellan }`,
      }),
    );
    const found = config.profiles[0]?.apply;
    expect(found).toMatchObject({ kubernetes: { kubeconfig, context: 'home' }, timeoutSeconds: 900 });
    expect(found?.connection?.reveal()).toBe(connection?.value);
    expect(found?.credentials['CLOUD_TOKEN']?.reveal()).toBe(credential?.value);
    expect(config.repository.push?.token?.reveal()).toBe(push?.value);
    expect(config.notify.slack?.reveal()).toBe(slack?.value);
    const printed = JSON.stringify(config);
    for (const one of [push, connection, credential, slack]) expect(printed).not.toContain(one?.value);
    // What reads is not what writes.
    expect(config.profiles[0]?.credentials).toEqual({});
    expect(config.repository.token).toBeUndefined();
  });

  it.each([
    ['pushes with', (path: string) => ({ repository: `push: { sshKeyFile: ${path} }` })],
    ['pushes by', (path: string) => ({ repository: `push: { tokenFrom: ${path} }` })],
    ['applies as', (path: string) => ({ profile: `apply: { kubernetes: { kubeconfig: ${path} } }` })],
    ['writes the state as', (path: string) => ({ profile: `apply: { connectionFrom: ${path} }` })],
    ['writes elsewhere with', (path: string) => ({ profile: `apply: { credentials: { SOME_NAME: ${path} } }` })],
    ['tells by', (path: string) => ({ more: `notify: { slackFrom: ${path} }` })],
  ])('is refused when others can change, or read, what it %s', (_, options) => {
    using scratch = new KeepScratch();
    const path = scratch.write('named', 'x', 0o600);
    expect(() => scratch.load(scratch.yaml(options(path)))).not.toThrow();
    chmodSync(path, 0o622);
    expect(refusedBy(() => scratch.load(scratch.yaml(options(path)))).code).toBe('config-unsafe');
    rmSync(path);
    expect(refusedBy(() => scratch.load(scratch.yaml(options(path)))).code).toMatch(/^config-/);
  });

  it.each([
    'http://castellan.localhost:8790',
    'http://castellan.localhost',
    'https://keep.example.net',
    'https://keep.example.net:8443',
  ])('may have its console at %s', (origin) => {
    using scratch = new KeepScratch();
    expect(scratch.load(scratch.yaml({ more: `console: { origin: '${origin}' }` })).console.origin).toBe(origin);
  });

  it.each([
    'http://keep.example.net',
    'http://localhost:8790',
    'http://127.0.0.1:8790',
    'http://castellan.localhost.example.net',
    'https://keep.example.net/',
    'https://keep.example.net/console',
    'https://user@keep.example.net',
    'https://KEEP.example.net',
    'https://keep.example.net:8443:1',
    'https://',
    '*',
  ])('does not have its console at %s', (origin) => {
    using scratch = new KeepScratch();
    const error = refusedBy(() => scratch.load(scratch.yaml({ more: `console: { origin: '${origin}' }` })));
    expect(error.code).toBe('config-invalid');
  });

  it.each([
    'approval: { hours: 0 }',
    'approval: { minutes: 2000 }',
    'approval: { pending: 0 }',
    'approval: { twoPeople: [low] }',
    'console: { port: 0 }',
    'console: { port: 70000 }',
    'notify: { webhook: "file:///etc/passwd" }',
    'notify: { slack: https://hooks.example.net/x }',
    'expect: { prometheus: "prometheus.example.net" }',
    'expect: { probes: ["ftp://example.net"] }',
    'expect: { probe: [] }',
  ])('does not take %s', (more) => {
    using scratch = new KeepScratch();
    expect(refusedBy(() => scratch.load(scratch.yaml({ more }))).code).toMatch(/^config-(invalid|unknown-key)$/);
  });

  it('does not take a credential that writes in clear, nor an unknown key of it', () => {
    using scratch = new KeepScratch();
    const value = randomBytes(20).toString('hex');
    for (const profile of [
      `apply: { connection: postgres://a:${value}@db.example.net/state }`,
      `apply: { connectionFrom: ${value} }`,
      `apply: { credentials: { SOME_NAME: ${value} } }`,
      'apply: { timeoutSeconds: 1 }',
      'apply: { kubernetes: {} }',
    ]) {
      const error = refusedBy(() => scratch.load(scratch.yaml({ profile })));
      expect(error.code).toMatch(/^config-(invalid|unknown-key)$/);
      expect(error.message).not.toContain(value);
    }
  });
});
