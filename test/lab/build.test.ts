import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { isBuilt, openCache, programDirectory } from './cache.ts';
import { withLock } from './lock.ts';
import { splitByPrograms } from './parts/index.ts';
import { startOf } from './process.ts';
import { programFolder, programKey, programNamed, programs } from './programs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'castellan-build-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function build(root: string, path: string) {
  return execa(process.execPath, [join(import.meta.dirname, 'main.ts'), 'build'], {
    env: { PATH: path, HOME: scratch, CASTELLAN_LAB_CACHE: root },
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
  return cache;
}

describe('building', () => {
  it('does nothing when everything is there, but remove the compiler’s cache', async () => {
    const root = join(scratch, 'complete');
    const cache = pretendBuilt(
      root,
      programs.map(({ name }) => name),
    );
    mkdirSync(cache.goBuild);
    const done = await build(root, '/nonexistent');
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain(`all ${programs.length} programs are built`);
    expect(() => rmSync(cache.goBuild)).toThrow('ENOENT');
  });

  it('says without Go what is missing and what can be started all the same', async () => {
    const root = join(scratch, 'partial');
    pretendBuilt(root, ['etcd', 'kube-apiserver', 'kubectl', 'kube-scheduler', 'metrics-server']);
    const done = await build(root, '/nonexistent');
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toContain('kube-controller-manager, kwok is not built yet');
    expect(done.stderr).toContain('can start: etcd, kube-apiserver, kube-scheduler.');
  });

  it('builds with the committed sums only, and leaves no draft when the compiler fails', async () => {
    const root = join(scratch, 'failing');
    const cache = pretendBuilt(
      root,
      programs.map(({ name }) => name).filter((name) => name !== 'etcd'),
    );
    const bin = join(scratch, 'bin');
    mkdirSync(bin);
    const script =
      '#!/bin/sh\n[ "$1" = version ] && exit 0\necho "flags $GOFLAGS $GOTOOLCHAIN $CGO_ENABLED" >&2\nexit 1\n';
    writeFileSync(join(bin, 'go'), script, { mode: 0o755 });
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
    const { startable } = splitByPrograms((program) => program !== 'kwok');
    expect(startable.map(({ name }) => name)).toEqual([
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
    ]);
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
