import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { faultsOfIndex } from './index-faults.fixture.ts';
import { faultsAgainst, openKeeper, type Step } from './keeper.fixture.ts';

it('a power cut at any moment leaves every acknowledged memory, and a whole index', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-power-'));
  try {
    const fixture = fileURLToPath(new URL('./power-cut-writer.fixture.ts', import.meta.url));
    const writer = spawn(process.execPath, [fixture, folder, '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(writer, 'exit');
    const steps: Step[] = [];
    const cuts: { readonly number: number; readonly before: number }[] = [];
    for await (const line of createInterface({ input: writer.stdout })) {
      const told: Step & { readonly cut?: number } = JSON.parse(line);
      if (told.cut === undefined) steps.push(told);
      else cuts.push({ number: told.cut, before: steps.length });
    }
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(cuts).toHaveLength(3);
    for (const { number, before } of cuts) {
      await using keeper = await openKeeper(join(folder, `cut-${number}`));
      expect(await faultsAgainst(keeper.memory, steps.slice(0, before)), `cut ${number}`).toEqual([]);
      expect(await faultsOfIndex(keeper.database), `cut ${number}`).toEqual([]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000);
