import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { sqlStateOf } from '../../src/store/errors.ts';
import { fillDisk } from './full-disk.fixture.ts';
import { faultsOfIndex } from './index-faults.fixture.ts';
import { faultsAgainst, keepWriting, openKeeper, type Step } from './keeper.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-full-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a disk that is full', () => {
  it('refuses what does not fit, keeps what was acknowledged, and goes on when there is room again', async () => {
    const home = join(folder, 'home');
    const steps: Step[] = [];
    const tell = (step: Step): void => void steps.push(step);
    {
      await using keeper = await openKeeper(home);
      await keepWriting(keeper.memory, tell, 12);
      const makeRoom = fillDisk();
      try {
        const refusal: unknown = await keepWriting(keeper.memory, tell, 400).catch((error: unknown) => error);
        // `disk_full`: an operator finds it in the message.
        expect(sqlStateOf(refusal)).toBe('53100');
        expect(refusal).toMatchObject({ message: expect.stringMatching(/53100|disk/), next: expect.any(String) });
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

  it('at the moment when the database’s log needs room: the next process finds everything, and goes on', async () => {
    const home = join(folder, 'log');
    const fixture = fileURLToPath(new URL('./full-disk-writer.fixture.ts', import.meta.url));
    const writer = spawn(process.execPath, [fixture, home], { stdio: ['ignore', 'pipe', 'ignore'] });
    const gone = once(writer, 'exit');
    const steps: Step[] = [];
    let full = false;
    for await (const text of createInterface({ input: writer.stdout })) {
      const line: Step & { readonly full?: true } = JSON.parse(text);
      if (line.full === undefined) steps.push(line);
      else {
        full = true;
        setTimeout(() => writer.kill('SIGKILL'), 2_000);
      }
    }
    await gone;
    expect(full).toBe(true);
    await using keeper = await openKeeper(home);
    await keepWriting(keeper.memory, (step) => void steps.push(step), 6);
    expect(await faultsAgainst(keeper.memory, steps)).toEqual([]);
    expect(await faultsOfIndex(keeper.database)).toEqual([]);
  }, 120_000);
});
