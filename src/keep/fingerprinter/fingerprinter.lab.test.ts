import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { tellVault, type VaultTarget } from '../../../test/lab/vault/vault-api.ts';
import type { FingerprintsReply } from '../../change/wire/secret.ts';
import { createKnownValues } from '../../redaction/known/known-values.ts';
import { connectFingerprinter } from './client.ts';
import { never, randomValue, silent } from './scripted-vault.fixture.ts';
import { commandOf } from './start.ts';

/** Whom it runs as where the tests are root; elsewhere it is the same user, under the seat belt. */
const isRoot = process.geteuid?.() === 0;
const uid = isRoot ? 64_321 : undefined;

function start(program: string, args: readonly string[]) {
  return execa(program, args, {
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    extendEnv: false,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    reject: false,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

await describeWithLab('the fingerprinter, with the lab’s Vault and cluster', (lab) => {
  const { vault } = lab;
  if (vault === undefined) throw new Error(`lab ${lab.name} is not whole: npm run lab -- build`);
  const root: VaultTarget = { addr: vault.addr, token: readFileSync(vault.rootTokenFile, 'utf8').trim() };
  const name = `fp-${randomBytes(4).toString('hex')}`;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-fp-lab-')));
  const socket = join(folder, 'run/fp.sock');
  const planted: string[] = [];
  const said: unknown[] = [];
  let log = '';
  let child: ReturnType<typeof start>;
  let keep: ReturnType<typeof connectFingerprinter>;

  const fresh = (): string => {
    const value = randomValue();
    planted.push(value);
    return value;
  };
  const write = (path: string, data: Record<string, string>) =>
    tellVault(root, 'POST', `secret/data/${name}/${path}`, { data });
  /** Root's, and for the fingerprinter to read. */
  const given = (file: string, text: string, mode: number, owner = 0): string => {
    const path = join(folder, file);
    writeFileSync(path, text, { mode });
    if (uid !== undefined) chownSync(path, owner, uid);
    return path;
  };
  const own = (directory: string, mode: number): void => {
    mkdirSync(join(folder, directory));
    chmodSync(join(folder, directory), mode);
    if (uid !== undefined) chownSync(join(folder, directory), uid, 0);
  };
  const newest = async (have?: string, waitMs = 45_000): Promise<FingerprintsReply> => {
    const reply = await keep.fingerprints(have, waitMs, never);
    said.push(reply);
    return reply;
  };
  const shown = async (text: string): Promise<readonly string[]> => {
    const { set } = await newest(undefined, 0);
    const known = createKnownValues();
    if (set !== undefined) known.load(set);
    return known.hits(text, 'others').map(({ label }) => `${label.path}#${label.key}@${label.version}`);
  };
  const at = (path: string) => ({ mount: 'secret', path: `${name}/${path}` });

  beforeAll(async () => {
    const shipped = readFileSync(new URL('../../../deploy/vault/castellan-fingerprinter.hcl', import.meta.url), 'utf8');
    const policy = `${shipped}\npath "secret/data/${name}/denied" { capabilities = ["deny"] }\n`;
    await tellVault(root, 'PUT', `sys/policies/acl/${name}`, { policy });
    const made = await tellVault(root, 'POST', 'auth/token/create-orphan', {
      policies: [name],
      no_default_policy: true,
      period: '1h',
    });
    const token = (made as { auth: { client_token: string } }).auth.client_token;
    planted.push(token);
    await write('mail', { password: fresh(), user: 'postmaster' });
    await write('denied', { password: fresh() });
    await kubectlAs('admin', lab, ['create', 'namespace', name]);
    chmodSync(folder, 0o711);
    own('run', 0o750);
    own('state', 0o700);
    const kubeconfig = given('kubeconfig', readFileSync(lab.kubeconfig.fingerprinter, 'utf8'), 0o640);
    const config = given(
      'fingerprinter.yaml',
      JSON.stringify({
        socket,
        stateDirectory: join(folder, 'state'),
        vault: {
          address: vault.addr,
          auth: { kind: 'token-file', file: given('token', token, 0o600, uid) },
          requiredPolicy: name,
        },
        kubernetes: { kubeconfig },
        mounts: ['secret'],
        intervalSeconds: 5,
      }),
      0o640,
    );
    const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    const [program = '', ...args] = commandOf({ program: { node: process.execPath, main }, config, seatBelt: !isRoot });
    child = start(program, args);
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
    });
    keep = connectFingerprinter({ socket, log: silent });
    // Each try waits for what is new; the hook's own time ends it.
    for (let state = 'away'; state !== 'ready'; ) ({ state } = await newest(undefined, 10_000));
  });

  afterAll(async () => {
    keep[Symbol.dispose]();
    child.stdin?.end();
    await child;
    await kubectlAs('admin', lab, ['delete', 'namespace', name, '--wait=false']);
    await tellVault(root, 'DELETE', `sys/policies/acl/${name}`);
    rmSync(folder, { recursive: true });
  });

  it('knows what was there, and says what it may not read', async () => {
    expect(await shown(`login with ${planted[1]} failed`)).toEqual([`${name}/mail#password@1`]);
    const { coverage } = await newest(undefined, 0);
    const [unread] = coverage?.unread.filter(({ path }) => path.includes(name)) ?? [];
    expect(unread).toMatchObject({ path: `secret/${name}/denied` });
  });

  it('sees a rotation by others within its interval, and one that it is told of at once', async () => {
    const before = await newest(undefined, 0);
    const [others, told] = [fresh(), fresh()];
    await write('mail', { password: others, user: 'postmaster' });
    await newest(before.generation);
    expect(await shown(others)).toEqual([`${name}/mail#password@2`]);
    await write('mail', { password: told, user: 'postmaster' });
    await keep.refresh(at('mail'), never);
    expect(await shown(told)).toEqual([`${name}/mail#password@3`]);
    const history = await keep.history(at('mail'), never);
    said.push(history);
    expect(history.keys).toMatchObject([
      { key: 'password', class: 'a', since: { version: 3 }, atLeast: false },
      { key: 'user', since: { version: 1 }, atLeast: false },
    ]);
  });

  it('goes on masking what was deleted and destroyed, and says that nothing is there now', async () => {
    const [first, second] = [fresh(), fresh()];
    await write('gone', { key: first });
    await write('gone', { key: second });
    await keep.refresh(at('gone'), never);
    await tellVault(root, 'POST', `secret/destroy/${name}/gone`, { versions: [1] });
    await tellVault(root, 'POST', `secret/delete/${name}/gone`, { versions: [2] });
    await keep.refresh(undefined, never);
    expect(await shown(`${first} ${second}`)).toEqual([`${name}/gone#key@1`, `${name}/gone#key@2`]);
    expect((await keep.history(at('gone'), never)).keys).toEqual([]);
  });

  it('compares with a Secret of the cluster: the same, an older version, none', async () => {
    const [old, now] = [fresh(), fresh()];
    await write('web', { password: old });
    await write('web', { password: now });
    const literal = (of: string, value: string) =>
      kubectlAs('admin', lab, [
        'create',
        'secret',
        'generic',
        of,
        `--from-literal=password=${value}`,
        '--namespace',
        name,
      ]);
    await literal('current', now);
    await literal('stale', old);
    const left = { ...at('web'), key: 'password' };
    const against = async (secret: string, key = 'password') => {
      const found = await keep.compare(left, { namespace: name, name: secret, key }, never);
      said.push(found);
      return found;
    };
    expect(await against('current')).toMatchObject({ outcome: 'equal', leftVersion: 2 });
    expect(await against('stale')).toMatchObject({ outcome: 'different', equalsVersion: 1, leftVersion: 2 });
    expect(await against('missing')).toMatchObject({ outcome: 'unknown', why: expect.stringContaining('no Secret') });
    expect(await against('current', 'other')).toMatchObject({ outcome: 'unknown' });
    const denied = await keep.compare({ ...at('denied'), key: 'password' }, left, never);
    expect(denied).toMatchObject({ outcome: 'unknown' });
  });

  it('leaves no value in its arguments, its environment, its log, its files, and what it said', async () => {
    const proc = `/proc/${child.pid}`;
    const files = readdirSync(join(folder, 'state')).map((file) => readFileSync(join(folder, 'state', file), 'latin1'));
    const everything = [
      readFileSync(`${proc}/cmdline`, 'latin1'),
      readFileSync(`${proc}/environ`, 'latin1'),
      log,
      JSON.stringify(said),
      ...files,
    ];
    expect(log).toContain('fingerprinter.ready');
    expect(files.length).toBeGreaterThan(2);
    for (const value of planted) {
      for (const form of [
        value,
        Buffer.from(value).toString('base64').slice(0, 30),
        Buffer.from(value).toString('hex'),
      ]) {
        expect(everything.filter((text) => text.includes(form))).toEqual([]);
      }
    }
    const limits = readFileSync(`${proc}/limits`, 'utf8');
    expect(limits).toMatch(/^Max core file size\s+0\s+0\s/m);
    if (uid !== undefined)
      expect(readFileSync(`${proc}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`, 'm'));
  });
});
