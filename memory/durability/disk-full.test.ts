import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { sqlStateOf } from '../../src/store/errors.ts';
import { fillDisk } from './full-disk.fixture.ts';
import type { FullDiskLine } from './full-disk-writer.fixture.ts';
import { faultsOfIndex } from './index-faults.fixture.ts';
import { faultsAgainst, keepWriting, openKeeper, type Step } from './keeper.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-full-'));
afterAll(() => rmSync(home, { recursive: true }));
const steps: Step[] = [];
const tell = (step: Step): void => void steps.push(step);

it('a disk that is full when the database’s log needs a file: refused, and it goes on with room; by a quota: after a restart', async () => {
  const fixture = fileURLToPath(new URL('./full-disk-writer.fixture.ts', import.meta.url));
  const writer = spawn(process.execPath, [fixture, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(writer, 'exit');
  const refusals: string[] = [];
  let limit: NodeJS.Timeout | undefined;
  for await (const text of createInterface({ input: writer.stdout })) {
    const line: FullDiskLine = JSON.parse(text);
    if (line.refused === undefined) tell(line);
    else refusals.push(line.refused);
    // A database that turns in circles on a full disk never ends by itself.
    clearTimeout(limit);
    limit = setTimeout(() => writer.kill('SIGKILL'), 30_000);
  }
  clearTimeout(limit);
  expect(await gone).toEqual([0, null]);
  const tight = expect.stringMatching(/^database-disk-full: .* has 0 MB free, and the embedded database needs 48 MB/);
  const dead = expect.stringMatching(/^database-disk-full: the embedded database gave up: its disk is full/);
  // The last row of the audit is not written; all the same the process ends, and of itself.
  const unaudited = expect.stringMatching(/^audit-write-failed/);
  expect(refusals).toEqual([tight, tight, dead, dead, unaudited]);
}, 120_000);

it('a disk that is full when a table grows: refused, what was acknowledged stays, and it goes on with room', async () => {
  {
    await using keeper = await openKeeper(home);
    expect(await faultsAgainst(keeper.memory, steps)).toEqual([]);
    expect(await faultsOfIndex(keeper.database)).toEqual([]);
    const makeRoom = fillDisk('quota');
    try {
      const refusal: unknown = await keepWriting(keeper.memory, tell, 400).catch((error: unknown) => error);
      expect(sqlStateOf(refusal)).toBe('53100');
      expect(refusal).toMatchObject({
        code: 'database-disk-full',
        message: 'the disk of the embedded database is full (SQLSTATE 53100); the statement was taken back',
      });
      expect(await faultsAgainst(keeper.memory, steps)).toEqual([]);
    } finally {
      makeRoom();
    }
    await keepWriting(keeper.memory, tell, 6);
    expect(await faultsOfIndex(keeper.database)).toEqual([]);
  }
  await using keeper = await openKeeper(home);
  expect(await faultsAgainst(keeper.memory, steps)).toEqual([]);
  expect(await faultsOfIndex(keeper.database)).toEqual([]);
}, 120_000);
