import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lendFolders } from './data-folder.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-folders-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

it('makes a folder of a group when it is asked for, for the daemon alone', () => {
  const folder = lendFolders(home).of('incident');
  expect(folder).toBe(join(home, 'groups', 'incident'));
  expect([modeOf(folder), modeOf(join(home, 'groups'))]).toEqual([0o700, 0o700]);
});

it('closes one that others could read, and gives the same again', () => {
  mkdirSync(join(home, 'groups', 'incident'), { recursive: true });
  chmodSync(join(home, 'groups', 'incident'), 0o777);
  const folders = lendFolders(home);
  expect(folders.of('incident')).toBe(folders.of('incident'));
  expect(modeOf(folders.of('incident'))).toBe(0o700);
});

it.each([
  ['a link is in its place', () => symlinkSync(tmpdir(), join(home, 'groups', 'incident'))],
  ['a file is in its place', () => writeFileSync(join(home, 'groups', 'incident'), '')],
])('refuses where %s', (_, plant) => {
  mkdirSync(join(home, 'groups'));
  plant();
  expect(() => lendFolders(home).of('incident')).toThrow(expect.objectContaining({ code: 'data-folder-unusable' }));
});

it.each(['../outside', 'a/b', '', '.'])('gives no folder of %j', (name) => {
  expect(() => lendFolders(home).of(name)).toThrow('no name of a group');
});
