import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paths } from './layout.ts';
import { Stage } from './stage.fixture.ts';

let stage: Stage;
beforeEach(async () => {
  stage = new Stage();
  await stage.install();
  writeFileSync(stage.at(`${paths.credentials}/token`), 'only here');
  writeFileSync(stage.at(`${paths.state}/journal`), 'rows');
});
afterEach(() => stage[Symbol.dispose]());

describe('a keep that is uninstalled', () => {
  it('leaves configuration, credentials and journal, takes the rest, and says both', async () => {
    const { code, err } = await stage.uninstall();
    expect(code).toBe(0);
    for (const gone of [
      paths.unit,
      paths.fingerprinterUnit,
      paths.tmpfiles,
      paths.runtime,
      paths.fingerprinterRuntime,
      paths.fingerprinterCredentials,
    ]) {
      expect([gone, existsSync(stage.at(gone))]).toEqual([gone, false]);
    }
    expect(existsSync(stage.at(paths.fingerprinterState))).toBe(true);
    expect(readFileSync(stage.at(`${paths.credentials}/token`), 'utf8')).toBe('only here');
    expect(existsSync(stage.at(`${paths.state}/journal`))).toBe(true);
    expect(existsSync(stage.at(paths.keepYaml))).toBe(true);
    expect(err).toContain(
      `left: ${stage.at(paths.config)} (approvers.json, credentials, fingerprinter.yaml, keep.yaml)`,
    );
    expect(err).toContain(`left: ${stage.at(paths.state)} (journal)`);
    expect(err).toContain('--purge');
  });

  it('with --purge leaves nothing', async () => {
    const { err } = await stage.uninstall('--purge');
    for (const gone of [paths.config, paths.state, paths.fingerprinterState, paths.mirror, paths.runtime])
      expect(existsSync(stage.at(gone))).toBe(false);
    expect(err).toContain('nothing is left');
  });

  it('can be done again, and after a half of it', async () => {
    await stage.uninstall();
    expect(await stage.uninstall()).toMatchObject({ code: 0 });
    expect(await stage.uninstall('--purge')).toMatchObject({ code: 0 });
    expect(await stage.uninstall('--purge')).toMatchObject({ code: 0, err: 'nothing is left' });
  });

  it('is only told of with --dry-run', async () => {
    const before = readdirSync(stage.root, { recursive: true });
    const { out } = await stage.uninstall('--purge', '--dry-run');
    expect(out).toContain(`would remove ${stage.at(paths.config)} and everything in it`);
    expect(readdirSync(stage.root, { recursive: true })).toEqual(before);
  });

  it('leaves the token that reads values where somebody put one', async () => {
    writeFileSync(stage.at(`${paths.fingerprinterCredentials}/vault-token`), 'only here');
    await stage.uninstall();
    expect(readFileSync(stage.at(`${paths.fingerprinterCredentials}/vault-token`), 'utf8')).toBe('only here');
    await stage.uninstall('--purge');
    expect(existsSync(stage.at(paths.fingerprinterCredentials))).toBe(false);
  });

  it('takes no unit that somebody wrote, and nothing behind a link', async () => {
    writeFileSync(stage.at(paths.unit), '[Service]\n');
    mkdirSync(stage.at('/victim'));
    writeFileSync(stage.at('/victim/precious'), '');
    symlinkSync(stage.at('/victim'), stage.at(`${paths.freeze}/link`));
    symlinkSync(stage.at('/victim'), stage.at(`${paths.state}/link`));
    const { err } = await stage.uninstall('--purge');
    expect(err).toContain(`left: ${stage.at(paths.unit)}, which castellan install did not write`);
    expect(existsSync(stage.at('/victim/precious'))).toBe(true);
  });

  it('goes into no folder that somebody made where everybody may', async () => {
    mkdirSync(stage.at(`${paths.freeze}/theirs/deep`), { recursive: true });
    const { code, err } = await stage.uninstall();
    expect(code).toBe(0);
    expect(err).toContain(`left: ${stage.at(paths.freeze)}, in which somebody has folders`);
  });
});
