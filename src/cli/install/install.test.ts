import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastingPlaces, paths, runtimePlaces } from './layout.ts';
import { ids, isRoot, owner, Stage } from './stage.fixture.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage[Symbol.dispose]());

const placesHere = [...lastingPlaces(ids), ...runtimePlaces(ids)];
const rightOf = (path: string) => {
  const { uid, gid, mode } = lstatSync(stage.at(path));
  return { uid, gid, mode: mode & 0o7777 };
};

describe('a keep that is installed', () => {
  it('has each folder with its owner and mode, and files that only root writes', async () => {
    expect(await stage.install()).toMatchObject({ code: 0 });
    for (const { path, mode, uid, gid } of placesHere) {
      const expected = { mode, uid: uid === 0 ? owner.uid : uid, gid: gid === 0 ? owner.gid : gid };
      expect([path, rightOf(path)]).toEqual([path, expected]);
    }
    for (const path of [paths.keepYaml, paths.approvers, paths.unit, paths.fingerprinterUnit, paths.tmpfiles]) {
      expect([path, rightOf(path)]).toEqual([path, { ...owner, mode: 0o644 }]);
    }
    const { gid } = ids.fingerprinter;
    expect(rightOf(paths.fingerprinterYaml)).toEqual({ ...owner, gid, mode: 0o640 });
  });

  it('is the same after a second run', async () => {
    await stage.install('--repository', '/srv/infra.git');
    const before = readdirSync(stage.root, { recursive: true });
    const again = await stage.install('--repository', '/srv/infra.git');
    expect(again.code).toBe(0);
    expect(again.err).not.toMatch(/^(?:made|replaced|corrected)/m);
    expect(readdirSync(stage.root, { recursive: true })).toEqual(before);
  });

  it('goes on where an earlier run broke off, and sets right what is wrong', async () => {
    await stage.install();
    rmSync(stage.at(paths.runtime), { recursive: true });
    rmSync(stage.at(paths.unit));
    chmodSync(stage.at(paths.credentials), 0o777);
    chmodSync(stage.at(paths.keepYaml), 0o666);
    const { code, err } = await stage.install();
    expect(code).toBe(0);
    expect(err).toContain(`made ${stage.at(paths.agents)}`);
    expect(err).toContain(`corrected owner or mode of ${stage.at(paths.credentials)}`);
    expect(rightOf(paths.credentials).mode).toBe(0o750);
    expect(rightOf(paths.keepYaml).mode).toBe(0o644);
  });

  it('keeps the keep.yaml that is there, and puts the new one beside it', async () => {
    await stage.install();
    writeFileSync(stage.at(paths.keepYaml), 'mine');
    const { code, err } = await stage.install('--branch', 'trunk');
    expect(code).toBe(0);
    expect(err).toContain('stays as it is');
    expect(readFileSync(stage.at(paths.keepYaml), 'utf8')).toBe('mine');
    expect(readFileSync(stage.at(`${paths.keepYaml}.new`), 'utf8')).toContain('branch: "trunk"');
  });

  it('replaces a unit of its own, says so, and leaves one that somebody wrote', async () => {
    await stage.install();
    const { err } = await stage.install('--exec', '/usr/bin/castellan');
    expect(err).toContain(`replaced ${stage.at(paths.unit)}`);
    expect(readFileSync(stage.at(paths.unit), 'utf8')).toContain('ExecStart=/usr/bin/castellan keep\n');
    writeFileSync(stage.at(paths.unit), '[Service]\n');
    await stage.install();
    expect(readFileSync(stage.at(paths.unit), 'utf8')).toBe('[Service]\n');
  });

  it('leaves the approvers that are there', async () => {
    await stage.install();
    writeFileSync(stage.at(paths.approvers), 'robin\n');
    await stage.install();
    expect(readFileSync(stage.at(paths.approvers), 'utf8')).toBe('robin\n');
    expect(existsSync(stage.at(`${paths.approvers}.new`))).toBe(false);
  });

  it('is only told of with --dry-run', async () => {
    const { code, out } = await stage.install('--dry-run', '--move', '/home/robin/.vault-token');
    expect(code).toBe(0);
    expect(readdirSync(stage.root)).toEqual([]);
    for (const { path } of placesHere) expect(out).toContain(`would make the folder ${stage.at(path)}`);
    expect(out).toContain(`would write ${stage.at(paths.keepYaml)}`);
    expect(out).toContain('would move /home/robin/.vault-token to /etc/castellan/credentials');
  });

  it('has a user of its own, which cannot be root', async () => {
    for (const words of [
      ['--uid', '0'],
      ['--gid', '0'],
      ['--fingerprinter-uid', '0'],
      ['--fingerprinter-gid', '0'],
      ['--uid', '-1'],
    ]) {
      expect(await stage.install(...words)).toMatchObject({ code: 2 });
    }
    expect(readdirSync(stage.root)).toEqual([]);
  });
});

describe('somebody who was there before', () => {
  const files = [paths.keepYaml, paths.fingerprinterYaml, paths.approvers, paths.unit, paths.fingerprinterUnit];
  const targets = [...placesHere.map(({ path }) => path), ...files, paths.tmpfiles];

  it.each(targets)('gets nothing by a link in the place of %s', async (path) => {
    await stage.install();
    const victim = stage.at('/victim');
    mkdirSync(victim);
    writeFileSync(stage.at('/victim-file'), 'precious', { mode: 0o600 });
    const isFolder = lstatSync(stage.at(path)).isDirectory();
    rmSync(stage.at(path), { recursive: true });
    symlinkSync(isFolder ? victim : stage.at('/victim-file'), stage.at(path));
    const { code, err } = await stage.install();
    expect(code).toBe(1);
    expect(err).toContain('install-target-unsafe');
    expect(readdirSync(victim)).toEqual([]);
    expect(readFileSync(stage.at('/victim-file'), 'utf8')).toBe('precious');
    expect(lstatSync(stage.at('/victim-file')).mode & 0o777).toBe(0o600);
    expect(lstatSync(victim).uid).toBe(owner.uid);
  });

  it.each(['/etc', '/etc/castellan', '/var/lib', '/etc/systemd/system'])(
    'gets nothing by a right to write into %s',
    async (folder) => {
      const above = stage.at(folder);
      mkdirSync(above, { recursive: true, mode: 0o755 });
      chmodSync(above, 0o777);
      const inner = folder === '/etc/castellan' ? paths.keepYaml : folder === '/var/lib' ? paths.state : paths.unit;
      // Told apart from being corrected: the folder above is not this command's to make.
      if (folder === '/etc/castellan') {
        await stage.install();
        expect(rightOf(folder).mode).toBe(0o755);
        return;
      }
      // A staged tree makes these itself, so the wide one is closed before anything is put into it.
      const { code } = await stage.install();
      expect(code).toBe(0);
      expect(lstatSync(dirname(stage.at(inner))).mode & 0o022).toBe(0);
    },
  );

  it('gets nothing by a right to write into the folder that is staged into', async () => {
    chmodSync(stage.root, 0o777);
    const { code, err } = await stage.install();
    expect(code).toBe(1);
    expect(err).toContain('can be changed by others');
    expect(readdirSync(stage.root)).toEqual([]);
  });

  it('gets nothing by a special file', async () => {
    await stage.install();
    rmSync(stage.at(paths.keepYaml));
    mkdirSync(stage.at(paths.keepYaml));
    expect(await stage.install()).toMatchObject({ code: 1, err: expect.stringContaining('it is no file') });
  });

  it('has no right to what the other of the two services has', async () => {
    await stage.install();
    const { fingerprinter } = ids;
    const places = [...placesHere, { path: paths.fingerprinterYaml, mode: 0o640, uid: 0, gid: fingerprinter.gid }];
    const mayRead = (who: { uid: number; gid: number }, { uid, gid, mode }: (typeof places)[number]) =>
      uid === who.uid ? (mode & 0o400) !== 0 : gid === who.gid ? (mode & 0o040) !== 0 : (mode & 0o004) !== 0;
    const isOf = (who: 'keep' | 'fingerprinter') => (place: (typeof places)[number]) =>
      mayRead(who === 'keep' ? ids : fingerprinter, place);
    if (!isRoot) return expect(places.length).toBeGreaterThan(0);
    const onlyFor = (who: 'keep' | 'fingerprinter', other: 'keep' | 'fingerprinter') =>
      places.filter((place) => isOf(who)(place) && !isOf(other)(place)).map(({ path }) => path);
    expect(onlyFor('fingerprinter', 'keep')).toEqual([
      paths.fingerprinterCredentials,
      paths.fingerprinterState,
      paths.fingerprinterYaml,
    ]);
    expect(onlyFor('keep', 'fingerprinter')).toEqual([
      paths.credentials,
      paths.state,
      paths.agents,
      paths.humans,
      paths.work,
    ]);
    // Both reach the socket: one listens, the other asks.
    expect(
      places.filter((place) => isOf('keep')(place) && isOf('fingerprinter')(place)).map(({ path }) => path),
    ).toContain(paths.fingerprinterRuntime);
  });

  it.each([paths.keepYaml, paths.approvers, paths.unit, paths.credentials, paths.agents])(
    'does not own %s afterwards, where this test may give files away',
    async (path) => {
      await stage.install();
      if (!isRoot) return expect(rightOf(path).uid).toBe(owner.uid);
      chownSync(stage.at(path), 61_009, 61_009);
      const { code, err } = await stage.install();
      expect(code).toBe(1);
      expect(err).toContain('it belongs to uid 61009');
    },
  );
});
