import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bind } from '../sandbox/port.ts';
import { installedPrograms } from './installed-programs.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const address = 'registry.example.net/someone/thing';
const inside = `/castellan/providers/${address}/1.2.3/linux_amd64`;

describe('the programs of a plan', () => {
  let folder = '';
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  const bind = (path: string, to: string, text: string): Bind => ({ from: write(path, text), to, writable: false });
  const installedAt = (platform: string): string =>
    `clone/stacks/mail/.terraform/providers/${address}/1.2.3/${platform}`;
  const link = (target: string): void => {
    mkdirSync(join(folder, dirname(installedAt('x'))), { recursive: true });
    symlinkSync(target, join(folder, installedAt('linux_amd64')));
  };
  const asked = (binds: readonly Bind[], runner = {}) =>
    installedPrograms({
      clone: join(folder, 'clone'),
      engineFolder: 'stacks/mail',
      runner: { kind: 'tofu', program: '/usr/bin/tofu', ...runner },
      binds,
    });

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-programs-')));
    mkdirSync(join(folder, 'clone/stacks/mail'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the engine, what is around it, and each provider that is installed, by their bytes', async () => {
    const binds = [
      bind('tofu', '/castellan/bin/tofu', 'engine'),
      bind('terragrunt', '/castellan/bin/terragrunt', 'runner'),
      bind('mirror/terraform-provider-thing_v1.2.3', `${inside}/terraform-provider-thing_v1.2.3`, 'provider'),
      bind('mirror/README.md', `${inside}/README.md`, 'words'),
      bind('mirror/other', '/castellan/providers/registry.example.net/someone/other/1.0.0/linux_amd64/x', 'unused'),
    ];
    link(inside);
    write(`${installedAt('linux_amd64')}.lock`, '');
    write('clone/scripts/tg', 'script');
    expect(await asked(binds, { kind: 'wrapper', script: 'scripts/tg' })).toEqual([
      { name: `${address} 1.2.3`, sha256: sha256('provider') },
      { name: 'terragrunt', sha256: sha256('runner') },
      { name: 'tofu', sha256: sha256('engine') },
      { name: 'wrapper', sha256: sha256('script') },
    ]);
    write('mirror/terraform-provider-thing_v1.2.3', 'another');
    expect(await asked(binds)).toContainEqual({ name: `${address} 1.2.3`, sha256: sha256('another') });
  });

  it('are found where a provider was unpacked, too', async () => {
    write(`${installedAt('linux_amd64')}/terraform-provider-thing_v1.2.3`, 'unpacked');
    expect(await asked([])).toEqual([{ name: `${address} 1.2.3`, sha256: sha256('unpacked') }]);
  });

  it.each(['/castellan/providers/elsewhere', '/work/stacks/mail/own', '/plan', '../../../../../..'])(
    'cannot be told where a provider is a link to %s',
    async (target) => {
      const name = 'terraform-provider-thing_v1.2.3';
      write(`clone/stacks/mail/own/${name}`, 'own');
      link(target);
      const binds = [bind('x', `${inside}/${name}`, 'provider'), bind('y', `/plan/${name}`, 'planned')];
      await expect(asked(binds)).rejects.toMatchObject({ code: 'profile-unusable' });
    },
  );

  it('cannot be told where a folder holds two, none, or a link to one', async () => {
    const place = installedAt('linux_amd64');
    write(`${place}/README.md`, '');
    await expect(asked([])).rejects.toMatchObject({ code: 'profile-unusable' });
    symlinkSync('/etc/passwd', join(folder, place, 'terraform-provider-a'));
    await expect(asked([])).rejects.toMatchObject({ code: 'profile-unusable' });
    write(`${place}/terraform-provider-b`, randomBytes(8).toString('hex'));
    await expect(asked([])).rejects.toMatchObject({ code: 'profile-unusable' });
  });

  it('that are gone are told', async () => {
    const gone = { from: join(folder, 'gone'), to: '/castellan/bin/tofu', writable: false };
    await expect(asked([gone])).rejects.toMatchObject({ code: 'profile-unusable' });
    await expect(asked([], { kind: 'wrapper', script: 'scripts/tg' })).rejects.toMatchObject({
      code: 'profile-unusable',
    });
  });
});
