import { afterAll, describe, expect, it } from 'vitest';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { describeDense } from './dense.contract.ts';
import { openDense } from './dense.ts';
import { asTyped } from './scene.fixture.ts';

const scratches: AsyncDisposable[] = [];
afterAll(async () => {
  for (const one of scratches) await one[Symbol.asyncDispose]();
});

describeDense('the embedded database', async () => {
  const scratch = await openScratchDatabase();
  scratches.push(scratch);
  await scratch.database.execute('create extension if not exists vector with schema public');
  return scratch.database;
});

describe('without an endpoint', () => {
  it('there is no dense leg, and nothing fails for it', async () => {
    const scratch = await openScratchDatabase();
    scratches.push(scratch);
    const leg = openDense({
      database: scratch.database,
      features: { vector: true, halfvec: true, pgTrgm: true, version: '18' },
      embedding: undefined,
      redact: asTyped,
      now: () => new Date(),
      log: { warn: () => undefined },
    });
    const signal = AbortSignal.timeout(60_000);
    leg.wake();
    expect(await leg.nearest('x', { shelves: [1], limit: 5, signal })).toBeUndefined();
    expect(await leg.rerank('x', ['y'], signal)).toBeUndefined();
    expect(await leg.share()).toBe(0);
    expect(await leg.standing()).toMatchObject({ state: 'unconfigured' });
    await expect(leg.reembed(() => undefined, signal)).rejects.toMatchObject({ code: 'embedding-unconfigured' });
    await leg[Symbol.asyncDispose]();
  });
});
