import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { openLatchTable } from '../journal/latch-table.ts';
import { openKeepDatabase } from '../runs/runs.fixture.ts';
import { type Freeze, openFreeze } from './freeze.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-freeze-'));
const folder = join(home, 'freeze');
const database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
/** What was thawed, by the time it was frozen since. */
let thaws: Map<number, Date>;
let clock = 0;
beforeEach(async () => {
  await database.execute('delete from castellan.latch');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  thaws = new Map();
  clock = Date.parse('2026-03-01T10:00:00Z');
});

const open = (): Freeze =>
  openFreeze({
    folder,
    latches: openLatchTable(database),
    authority: { thawedAt: (since) => ({ value: thaws.get(since.getTime()), problem: undefined }) },
    now: () => new Date(clock),
  });
const drop = (name = 'stop'): void => writeFileSync(join(folder, name), '');

it('nothing is frozen until somebody puts a file there', async () => {
  await expect(open().assertNotFrozen()).resolves.toBeUndefined();
  drop();
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
});

it('taking the file away does not thaw, nor does a restart, and the first freeze is the one that counts', async () => {
  drop();
  const freeze = open();
  expect(await freeze.look()).toMatchObject({ since: new Date(clock) });
  rmSync(join(folder, 'stop'));
  clock += 1_000;
  drop('again');
  expect(await freeze.look()).toMatchObject({ since: new Date(clock - 1_000) });
  rmSync(join(folder, 'again'));
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
});

it('a signature thaws what it names, once no drop is left, and nothing that freezes later', async () => {
  drop();
  expect(await open().look()).toMatchObject({ since: new Date(clock), dropped: true });
  thaws.set(clock, new Date(clock + 1_000));
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
  rmSync(join(folder, 'stop'));
  await expect(open().assertNotFrozen()).resolves.toBeUndefined();
  clock += 2_000;
  drop();
  await open().look();
  rmSync(join(folder, 'stop'));
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
  expect(await open().look()).toMatchObject({ dropped: false });
});

it.each([
  ['of another freeze', 1, 1_000],
  ['from before the freeze', 0, -1],
])('a thaw %s is none', async (_, frozen, taken) => {
  drop();
  await open().look();
  thaws.set(clock + frozen, new Date(clock + taken));
  rmSync(join(folder, 'stop'));
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
});

it('a folder that cannot be looked into freezes too', async () => {
  rmSync(folder, { recursive: true });
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  await expect(open().assertNotFrozen()).rejects.toMatchObject({ code: 'frozen' });
});
