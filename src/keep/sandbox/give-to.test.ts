import { linkSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveTo } from './give-to.ts';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('giving a folder to the user of runs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'castellan-give-'));
    mkdirSync(join(folder, 'run/inner'), { recursive: true });
    writeFileSync(join(folder, 'run/inner/file'), '');
    writeFileSync(join(folder, 'outside'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const owner = (path: string) => lstatSync(join(folder, path)).uid;

  it('gives all that is in it, and follows no link out of it', async () => {
    symlinkSync('../outside', join(folder, 'run/link'));
    await giveTo(61_001, join(folder, 'run'));
    expect(['run', 'run/inner', 'run/inner/file', 'run/link'].map(owner)).toEqual([61_001, 61_001, 61_001, 61_001]);
    expect(owner('outside')).toBe(0);
  });

  it('gives nothing away that has a name elsewhere', async () => {
    linkSync(join(folder, 'outside'), join(folder, 'run/inner/shared'));
    await expect(giveTo(61_001, join(folder, 'run'))).rejects.toMatchObject({ code: 'sandbox-request-refused' });
    expect(owner('outside')).toBe(0);
  });

  it('begins at a folder, not at a link to one', async () => {
    symlinkSync('run', join(folder, 'link'));
    await expect(giveTo(61_001, join(folder, 'link'))).rejects.toMatchObject({ code: 'sandbox-request-refused' });
    expect(owner('run')).toBe(0);
  });
});
