import { beforeEach, describe, expect, it } from 'vitest';
import { emptySummary } from '../runs/stand-ins.fixture.ts';
import {
  both,
  claude,
  newWorld,
  openChangesBench,
  openScratch,
  proposeAndWait,
  signatureOver,
  type World,
} from './changes.fixture.ts';

const { database, empty } = await openScratch();
let world: World;
beforeEach(async () => {
  await empty();
  world = newWorld(database);
});

describe('planning again within a set', () => {
  it('leaves what was signed alone when nothing moved', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    const [, second] = await bench.sign(set);
    const id = second?.id ?? '';
    const before = world.sealed.kept.get(id);
    expect(await bench.changes.replan(id, new AbortController().signal)).toBe('same');
    expect((await bench.changes.stored(id)).view).toMatchObject({
      state: 'approved',
      attempt: 1,
      approvedBy: ['alice'],
    });
    expect(world.sealed.kept.get(id)).toBe(before);
  });

  it.each([
    [
      'it would do something else',
      { summary: { ...emptySummary, digest: 'e'.repeat(64) }, changes: true },
      7,
      'awaiting-approval',
    ],
    ['its own state moved', { summary: emptySummary, changes: true }, 8, 'awaiting-approval'],
    ['it would do nothing', { summary: emptySummary, changes: false }, 7, 'no-changes'],
  ] as const)(
    'asks for a new signature when %s, and the old one counts no more',
    async (_, summarised, serial, state) => {
      let again = false;
      await using bench = await openChangesBench(world, {
        parts: {
          summarise: async () => (again ? summarised : { summary: emptySummary, changes: true }),
        },
      });
      const set = await proposeAndWait(bench, both);
      const documents = await bench.changes.documentsOf(set, 'approve');
      const [, second] = await bench.sign(set);
      const id = second?.id ?? '';
      again = true;
      const { outcome } = bench.planner;
      bench.planner.outcome = async (request) => {
        const planned = await outcome(request);
        return planned.state === undefined ? planned : { ...planned, state: { ...planned.state, serial } };
      };
      expect(await bench.changes.replan(id, new AbortController().signal)).toBe('moved');
      const { view, facts } = await bench.changes.stored(id);
      expect(view).toMatchObject({ state, attempt: 2, approvedBy: [] });
      expect(facts.signatures).toEqual([]);
      expect(facts.document?.attempt).toBe(state === 'no-changes' ? undefined : 2);
      const { verified, signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
      await expect(bench.changes.approve(set, verified, signed)).rejects.toThrow();
      if (state === 'awaiting-approval') {
        expect((await bench.sign(set)).find((one) => one.id === id)).toMatchObject({ state: 'approved', attempt: 2 });
      }
    },
  );

  it('that is broken off leaves it approved', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [view] = await bench.sign(set);
    bench.planner.outcome = () => new Promise(() => undefined);
    const ending = new AbortController();
    const replanned = bench.changes.replan(view?.id ?? '', ending.signal);
    await expect.poll(() => bench.planner.running).toBe(1);
    ending.abort(new Error('enough'));
    await expect(replanned).rejects.toThrow('enough');
    expect((await bench.changes.stored(view?.id ?? '')).view).toMatchObject({
      state: 'approved',
      approvedBy: ['alice'],
    });
  });
});

describe('a status', () => {
  it('comes with the next step of what it asks for, or when the wait is over', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    expect((await bench.changes.status(set, 20))[0]?.state).toBe('awaiting-approval');
    const asked = bench.changes.status(set, 20_000);
    await bench.sign(set);
    expect((await asked)[0]?.state).toBe('approved');
    const followed = bench.changes.status(set, 20_000);
    const [view] = await bench.changes.latest(1);
    await bench.changes.move(view?.id ?? '', 'applying', 'applier');
    expect((await followed)[0]?.state).toBe('applying');
  });

  it('of what is over, or of somebody who left, is given at once', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const left = new AbortController();
    const asked = bench.changes.status(set, 40_000, left.signal);
    left.abort();
    await asked;
    await bench.changes.withdraw(set, claude);
    expect((await bench.changes.status(set, 40_000))[0]?.state).toBe('withdrawn');
  });

  it('lists the newest sets first, and only open ones where asked', async () => {
    await using bench = await openChangesBench(world);
    const first = await proposeAndWait(bench, both);
    world.now = new Date(world.now.getTime() + 1_000);
    const second = await proposeAndWait(bench, { files: { 'stacks/shop/main.tf': 's' } });
    expect((await bench.changes.latest(10)).map(({ set, order }) => [set, order])).toEqual([
      [second, 1],
      [first, 1],
      [first, 2],
    ]);
    await bench.changes.withdraw(second, claude);
    expect((await bench.changes.latest(10, true)).map(({ set }) => set)).toEqual([first, first]);
    expect(bench.changes.openChangeOf('stacks/mail')?.set).toBe(first);
    expect(bench.changes.openChangeOf('stacks/shop')).toBeUndefined();
  });
});
