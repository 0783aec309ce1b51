import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOfIndex } from './index-faults.fixture.ts';
import { by, faultsAgainst, openKeeper, type Step } from './keeper.fixture.ts';
import { runWriter } from './written-lines.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-killed-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('kill -9 of a process that keeps memories', () => {
  it('again and again, also during its first start: what was acknowledged is there, whole, and found', async () => {
    const steps: Step[] = [];
    for (const afterMs of [300, 900]) steps.push(...(await runWriter([home], { afterMs })).steps);
    for (let round = 0; round < 5; round += 1) {
      const { steps: more, error } = await runWriter([home], { afterSteps: 1 + Math.floor(Math.random() * 12) });
      expect(error).toBeUndefined();
      steps.push(...more);
    }
    await using keeper = await openKeeper(home);
    expect(await faultsAgainst(keeper.memory, steps)).toEqual([]);
    expect(await faultsOfIndex(keeper.database)).toEqual([]);
    expect(new Set(steps.map(({ id }) => id)).size).toBeGreaterThanOrEqual(5);
  }, 240_000);
});

describe('a second process on the same directory', () => {
  it('is refused, and the first one’s memories stay as they are', async () => {
    await using keeper = await openKeeper(home);
    const { id } = await keeper.memory.store({ content: 'The gate is closed at dusk.' }, by);
    expect(await runWriter([home, '3'])).toEqual({
      steps: [],
      error: 'data-locked',
      message: expect.stringContaining('agent.sock'),
    });
    expect((await keeper.memory.get([id], by)).map(({ entry }) => entry.content)).toEqual([
      'The gate is closed at dusk.',
    ]);
    expect(await faultsOfIndex(keeper.database)).toEqual([]);

    // What is used above to say that all is well sees what is not.
    await keeper.database.query(`delete from castellan.posting where term = 'dusk'`);
    expect(await faultsOfIndex(keeper.database)).toEqual([`shelf 1: entry ${id}: "dusk" is not where it stands`]);
    await keeper.database.query('update castellan.document set died = 1000 where item = $1', [id]);
    expect(await faultsOfIndex(keeper.database)).toContain(`shelf 1: entry ${id} is not in the index`);
  }, 120_000);
});
