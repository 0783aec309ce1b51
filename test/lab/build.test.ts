import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { isBuilt, openCache, programDirectory, programPath } from './cache.ts';
import { withLock } from './lock.ts';
import { splitByPrograms } from './parts/index.ts';
import { startOf } from './process.ts';
import { programFolder, programKey, programNamed, programs } from './programs.ts';
import { wheelProgramPath, wheels } from './wheels.ts';

const scratch = mkdtempSync(join(tmpdir(), 'castellan-build-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function build(root: string, path: string) {
  return execa(process.execPath, [join(import.meta.dirname, 'main.ts'), 'build'], {
    env: { PATH: path, HOME: scratch, CASTELLAN_LAB_CACHE: root },
    cwd: scratch,
    extendEnv: false,
    reject: false,
  });
}

function pretendBuilt(root: string, names: readonly string[]): ReturnType<typeof openCache> {
  const cache = openCache({ CASTELLAN_LAB_CACHE: root });
  for (const name of names) {
    const directory = programDirectory(cache, programNamed(name));
    mkdirSync(directory);
    writeFileSync(join(directory, name), '');
  }
  for (const wheel of wheels) {
    for (const program of wheel.programs) {
      const path = wheelProgramPath(cache, wheel, program);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    }
  }
  return cache;
}

function allBut(...names: readonly string[]): readonly string[] {
  return programs.map(({ name }) => name).filter((name) => !names.includes(name));
}

/** A folder of the scratch folder with these shell scripts as programs. */
function pretendInstalled(folder: string, scripts: Readonly<Record<string, string>>): string {
  const bin = join(scratch, folder);
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return bin;
}

describe('building', () => {
  it('does nothing when everything is there, but remove the compiler’s cache', async () => {
    const root = join(scratch, 'complete');
    const cache = pretendBuilt(root, allBut());
    mkdirSync(cache.goBuild);
    const done = await build(root, '/nonexistent');
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain(`all ${programs.length} programs are built`);
    expect(() => rmSync(cache.goBuild)).toThrow('ENOENT');
  });

  it('says without Go what is missing and what can be started all the same', async () => {
    const root = join(scratch, 'partial');
    pretendBuilt(root, allBut('kube-controller-manager', 'kwok'));
    const done = await build(root, '/nonexistent');
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain('kube-controller-manager, kwok is not built yet');
    expect(done.stderr).toContain('can start: etcd, kube-apiserver, kube-scheduler');
  });

  it('builds with the committed sums only, and leaves no draft when the compiler fails', async () => {
    const root = join(scratch, 'failing');
    const cache = pretendBuilt(root, allBut('etcd'));
    const bin = pretendInstalled('bin', {
      go: '[ "$1" = version ] && exit 0; echo "flags $GOFLAGS $GOTOOLCHAIN $CGO_ENABLED" >&2; exit 1',
    });
    const done = await build(root, bin);
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain('flags -mod=readonly -buildvcs=false local 0');
    expect(isBuilt(cache, programNamed('etcd'))).toBe(false);
  });

  it.each(programs.map((program) => [program.name, program] as const))('pins %s as the table says', (_, program) => {
    const pins = readFileSync(join(programFolder(program), 'go.mod'), 'utf8');
    expect(pins).toContain(`require ${program.module} ${program.version}\n`);
    expect(program.source.startsWith(program.module)).toBe(true);
  });

  it('knows a program by all it is made of', () => {
    const etcd = programNamed('etcd');
    expect(programKey(etcd)).toBe(programKey({ ...etcd }));
    expect(programKey({ ...etcd, ldflags: [] })).not.toBe(programKey(etcd));
    expect(programKey({ ...etcd, version: 'v0.0.1' })).not.toBe(programKey(etcd));
    expect(programKey({ ...etcd, folder: 'kwok' })).not.toBe(programKey(etcd));
  });
});

describe('a program of this machine', () => {
  const terragrunt = programNamed('terragrunt');
  const saysVersion = (version: string) => `[ "$*" = --version ] && echo "terragrunt version ${version}"`;

  it('is used instead of building one when it is of the wanted version', async () => {
    const root = join(scratch, 'found');
    const cache = pretendBuilt(root, allBut('terragrunt'));
    const bin = pretendInstalled('found-bin', { terragrunt: saysVersion(terragrunt.version) });
    const done = await build(root, `/nonexistent:${bin}`);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain(`terragrunt 1.1.3: found on this machine, ${bin}/terragrunt\n`);
    expect(readlinkSync(programPath(cache, 'terragrunt'))).toBe(join(bin, 'terragrunt'));
    expect(isBuilt(cache, terragrunt)).toBe(true);
  });

  it('is asked again by the next build, and given up when it was updated or removed', async () => {
    const root = join(scratch, 'updated');
    const cache = pretendBuilt(root, allBut('terragrunt'));
    const bin = pretendInstalled('updated-bin', { terragrunt: saysVersion(terragrunt.version) });
    await build(root, bin);
    expect((await build(root, '/nonexistent')).exitCode).toBe(0);
    pretendInstalled('updated-bin', { terragrunt: saysVersion('v1.1.4') });
    expect((await build(root, bin)).stderr).toContain('terragrunt is not built yet');
    expect(isBuilt(cache, terragrunt)).toBe(false);
    pretendInstalled('updated-bin', { terragrunt: saysVersion(terragrunt.version) });
    await build(root, bin);
    rmSync(join(bin, 'terragrunt'));
    expect((await build(root, bin)).stderr).toContain('terragrunt is not built yet');
  });

  it.each([
    ['another version', saysVersion('v1.1.2')],
    ['a version that begins the same', saysVersion('v1.1.30')],
    ['a version built on it', saysVersion('v1.1.3+vendor.1')],
    ['a version before it', saysVersion('v1.1.3-rc1')],
    ['nothing', 'exit 0'],
    ['the version, but fails', `${saysVersion('v1.1.3')}; exit 3`],
    [
      'the version only in the folder or the home one is in',
      `[ "$PWD$HOME" != //nonexistent ] && echo terragrunt version v1.1.3`,
    ],
  ])('is left alone when it says %s', async (title, script) => {
    const root = join(scratch, title);
    pretendBuilt(root, allBut('terragrunt'));
    const done = await build(root, pretendInstalled(`bin of ${title}`, { terragrunt: script }));
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain('terragrunt is not built yet');
  });

  it('is never run from a relative entry of the PATH, nor is the compiler', async () => {
    const root = join(scratch, 'relative');
    pretendBuilt(root, allBut('terragrunt'));
    const ran = join(scratch, 'it-ran');
    const script = `echo "$0" >> '${ran}'; ${saysVersion(terragrunt.version)}`;
    pretendInstalled('relative-bin', { terragrunt: script, go: script });
    pretendInstalled('.', { terragrunt: script, go: script });
    for (const path of ['relative-bin', './relative-bin::.', '']) {
      expect((await build(root, path)).stderr).toContain('there is no go on the PATH, and terragrunt is not built yet');
    }
    expect(existsSync(ran)).toBe(false);
  });

  it.each(
    programs.flatMap(({ name, version, versionCheck }) => (versionCheck ? [{ name, version, versionCheck }] : [])),
  )('is asked for the version of the table: $name', ({ version, versionCheck }) => {
    expect(versionCheck.shown).toMatch(new RegExp(`v?${version.slice(1).replaceAll('.', '[.]')}$`));
  });
});

describe('parts', () => {
  it('start when all their programs and all they need are there, and each after what it needs', () => {
    const { startable, missing } = splitByPrograms(() => true);
    expect(missing).toEqual([]);
    for (const [index, part] of startable.entries()) {
      const before = startable.slice(0, index).map(({ name }) => name);
      for (const need of part.needs) expect(before).toContain(need);
    }
  });

  it('are left out together with whatever needs them', () => {
    const without = (name: string) => splitByPrograms((program) => program !== name).missing.map((one) => one.name);
    expect(without('kwok')).toEqual(expect.arrayContaining(['kwok', 'metrics-server']));
    expect(without('initdb')).toEqual(expect.arrayContaining(['postgres', 'vault']));
    expect(without('initdb')).not.toContain('kube-apiserver');
  });
});

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const path = join(scratch, 'one.lock');
    let inside = 0;
    let most = 0;
    const visit = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(path, () => {}, visit)));
    expect(most).toBe(1);
  });

  it('is taken over from a holder that is gone, and waited for while the holder lives', async () => {
    const path = join(scratch, 'held.lock');
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'another time' }));
    await expect(
      withLock(
        path,
        () => {},
        async () => 'in',
      ),
    ).resolves.toBe('in');

    writeFileSync(path, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
    let waited = false;
    const visit = withLock(
      path,
      () => {
        waited = true;
        rmSync(path);
      },
      async () => 'in',
    );
    await expect(visit).resolves.toBe('in');
    expect(waited).toBe(true);
  });
});
