import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paths } from './layout.ts';
import { openCredential } from './move.ts';
import { ids, isRoot, owner, Stage } from './stage.fixture.ts';

let stage: Stage;
let home = '';
const secret = `v${randomBytes(24).toString('hex')}`;
beforeEach(() => {
  stage = new Stage();
  home = stage.at('/home/robin');
  mkdirSync(join(home, '.kube'), { recursive: true });
});
afterEach(() => stage[Symbol.dispose]());

const put = (name: string, text = secret): string => {
  const path = join(home, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const moved = (name: string): string => stage.at(`${paths.credentials}/${name}`);
const refusal = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a credential that is moved', () => {
  it('is in the one place where agents cannot read it, and no longer where it was', async () => {
    const token = put('.vault-token');
    const kubeconfig = put('.kube/config', `${secret}-kube`);
    const { code, err, out } = await stage.install('--move', token, kubeconfig, '--search', home);
    expect(code).toBe(0);
    expect([existsSync(token), existsSync(kubeconfig)]).toEqual([false, false]);
    expect(readFileSync(moved('vault-token'), 'utf8')).toBe(secret);
    expect(readFileSync(moved('kube-config'), 'utf8')).toBe(`${secret}-kube`);
    const { uid, gid, mode } = lstatSync(moved('vault-token'));
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: owner.uid, gid: ids.gid, mode: 0o640 });
    expect(`${err}${out}`).not.toContain(secret);
  });

  it('has its copies told by place, in files and in shells, and never its value', async () => {
    const token = put('.vault-token');
    put('notes.txt');
    put('.bash_history', `ls\nexport VAULT_TOKEN=${secret}\nPG_CONN_STR=postgres://x vault kv get\n`);
    mkdirSync(join(home, 'backup'));
    put('backup/old-token');
    symlinkSync('/etc', join(home, 'link'));
    const { err } = await stage.install('--move', token, '--search', home);
    expect(err).toContain(`COPY LEFT: ${home}/notes.txt is the same as vault-token`);
    expect(err).toContain(`COPY LEFT: ${home}/backup/old-token is the same as vault-token`);
    expect(err).toContain(`COPY LEFT: ${home}/.bash_history holds vault-token`);
    expect(err).toContain('3 copies');
    expect(err).toContain('rotate it');
    expect(err).toContain(`still within reach: ${home}/.bash_history sets PG_CONN_STR, VAULT_TOKEN`);
    expect(err).not.toContain(secret);
    expect(err).not.toContain('postgres://');
  });

  it('is moved once: a second run says that it is not there any more', async () => {
    const token = put('.vault-token');
    await stage.install('--move', token);
    const again = await stage.install('--move', token);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('install-credential-refused') });
    expect(readFileSync(moved('vault-token'), 'utf8')).toBe(secret);
  });

  it('whose move broke off before the old one was removed, is moved by the next run', async () => {
    const token = put('.vault-token');
    await stage.install();
    writeFileSync(moved('vault-token'), secret, { mode: 0o640 });
    expect(await stage.install('--move', token)).toMatchObject({ code: 0 });
    expect(existsSync(token)).toBe(false);
  });

  it('never takes the place of another of the same name', async () => {
    const token = put('.vault-token');
    await stage.install('--move', token);
    const other = put('.vault-token', 'another');
    expect(await stage.install('--move', other)).toMatchObject({
      code: 1,
      err: expect.stringContaining('another one'),
    });
    expect(readFileSync(other, 'utf8')).toBe('another');
    expect(readFileSync(moved('vault-token'), 'utf8')).toBe(secret);
  });
});

describe('whoever owns the home cannot have root move something else', () => {
  const victim = (): string => {
    const path = stage.at('/victim');
    writeFileSync(path, 'precious', { mode: 0o600 });
    return path;
  };

  it('by a link in the place of the file', () => {
    symlinkSync(victim(), join(home, '.vault-token'));
    expect(refusal(() => openCredential(join(home, '.vault-token')))).toMatchObject({
      message: expect.stringContaining('it is a link'),
    });
  });

  it('by a link in the place of its folder, or of one above', () => {
    mkdirSync(stage.at('/secrets'));
    writeFileSync(stage.at('/secrets/config'), 'precious');
    rmSync(join(home, '.kube'), { recursive: true });
    symlinkSync(stage.at('/secrets'), join(home, '.kube'));
    expect(refusal(() => openCredential(join(home, '.kube/config')))).toMatchObject({
      code: 'install-credential-refused',
    });
    symlinkSync(stage.root, join(home, 'up'));
    expect(refusal(() => openCredential(join(home, 'up/secrets/config')))).toMatchObject({
      message: expect.stringContaining('a link on the way'),
    });
    expect(readFileSync(stage.at('/secrets/config'), 'utf8')).toBe('precious');
  });

  it('by exchanging the file, or its folder, after it was opened', () => {
    const path = put('.kube/config');
    using found = openCredential(path);
    rmSync(path);
    linkSync(victim(), path);
    expect(refusal(() => found.remove())).toMatchObject({ message: expect.stringContaining('exchanged') });
    expect(existsSync(path)).toBe(true);

    const other = put('.kube/other');
    using second = openCredential(other);
    renameSync(join(home, '.kube'), join(home, '.moved'));
    mkdirSync(stage.at('/secrets'));
    writeFileSync(stage.at('/secrets/other'), 'precious');
    symlinkSync(stage.at('/secrets'), join(home, '.kube'));
    second.remove();
    expect(readFileSync(stage.at('/secrets/other'), 'utf8')).toBe('precious');
    expect(readdirSync(join(home, '.moved'))).not.toContain('other');
  });

  it('by a hard link, a folder, a path that goes up, or what is no text', () => {
    const path = join(home, 'token');
    linkSync(victim(), path);
    expect(refusal(() => openCredential(path))).toMatchObject({ message: expect.stringContaining('hard links') });
    expect(refusal(() => openCredential(join(home, '.kube')))).toMatchObject({
      message: expect.stringContaining('it is no file'),
    });
    expect(refusal(() => openCredential(`${home}/.kube/../token`))).toMatchObject({
      message: expect.stringContaining('plain'),
    });
    expect(refusal(() => openCredential('.vault-token'))).toMatchObject({
      message: expect.stringContaining('absolute'),
    });
    writeFileSync(join(home, 'binary'), Buffer.from([0xff, 0xfe]));
    expect(refusal(() => openCredential(join(home, 'binary')))).toMatchObject({
      message: expect.stringContaining('not text'),
    });
  });

  it('by naming a file of root in a folder of theirs, where this test may give files away', () => {
    const path = put('.vault-token');
    chmodSync(path, 0o600);
    if (isRoot) {
      chownSync(home, 61_001, 61_001);
      expect(refusal(() => openCredential(path))).toMatchObject({
        message: expect.stringContaining('uid 0 and its folder to uid 61001'),
      });
      chownSync(path, 61_001, 61_001);
    }
    using found = openCredential(path);
    expect(found.text).toBe(secret);
  });
});
