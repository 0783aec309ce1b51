import { beforeEach, describe, expect, it } from 'vitest';
import { plannedWell } from '../runs/stand-ins.fixture.ts';
import {
  type ChangesBench,
  claude,
  newWorld,
  ofRisk,
  openChangesBench,
  openScratch,
  proposal,
  setOf,
  signatureOver,
  type World,
} from './changes.fixture.ts';

const { database, empty } = await openScratch();
let world: World;
beforeEach(async () => {
  await empty();
  world = newWorld(database);
});

const touching = (...stacks: readonly string[]) =>
  proposal({ files: Object.fromEntries(stacks.map((stack) => [`stacks/${stack}/main.tf`, `${stacks.join()} new`])) });

async function proposed(bench: ChangesBench, ...stacks: readonly string[]): Promise<string> {
  world.now = new Date(world.now.getTime() + 1_000);
  return setOf(await bench.changes.propose(touching(...stacks), claude));
}

const statesOf = async (bench: ChangesBench, set: string) =>
  (await bench.changes.status(set, 0)).map(({ state }) => state);

describe('the queue', () => {
  it('lets one change have a stack, and names it to who waits; the oldest goes on when it is free', async () => {
    await using bench = await openChangesBench(world);
    const first = await proposed(bench, 'mail');
    const [holder] = await bench.reached(first, 'awaiting-approval');
    const second = await proposed(bench, 'mail', 'blog');
    const third = await proposed(bench, 'blog');
    expect((await bench.changes.status(second, 0)).map(({ state, queuedBehind }) => [state, queuedBehind])).toEqual([
      ['draft', holder?.id],
      ['draft', holder?.id],
    ]);
    // The blog is free, but the one before wants it and must not wait for ever.
    const [ahead] = await bench.changes.status(second, 0);
    expect((await bench.changes.status(third, 0))[0]).toMatchObject({ state: 'draft', queuedBehind: ahead?.id });
    await bench.changes.withdraw(first, claude);
    const views = await bench.reached(second, 'awaiting-approval');
    expect(views.map(({ queuedBehind }) => queuedBehind)).toEqual([undefined, undefined]);
    expect(await statesOf(bench, third)).toEqual(['draft']);
    await bench.changes.reject(second, 'alice', 'no');
    await bench.reached(third, 'awaiting-approval');
  });

  it('waits for an interrupted change until a human unlocks it', async () => {
    await using bench = await openChangesBench(world);
    const first = await proposed(bench, 'mail');
    await bench.reached(first, 'awaiting-approval');
    const [view] = await bench.sign(first);
    await bench.changes.move(view?.id ?? '', 'applying', 'applier');
    await bench.changes.move(view?.id ?? '', 'interrupted', 'keep', { view: { why: 'the keep died' } });
    const second = await proposed(bench, 'mail');
    expect(await statesOf(bench, second)).toEqual(['draft']);
    expect(world.sealed.kept.has(view?.id ?? '')).toBe(true);
    await bench.changes.giveBack('stacks/mail', view?.id ?? '');
    await bench.reached(second, 'awaiting-approval');
  });

  it('gives the stack on when a change fails or lands', async () => {
    for (const path of [
      ['failed-clean'],
      ['applied', 'verified', 'landed'],
      ['applied', 'failed-expectation'],
    ] as const) {
      await empty();
      await using bench = await openChangesBench(world);
      const first = await proposed(bench, 'mail');
      await bench.reached(first, 'awaiting-approval');
      const [view] = await bench.sign(first);
      await bench.changes.move(view?.id ?? '', 'applying', 'applier');
      world.now = new Date(world.now.getTime() + 1_000);
      const second = setOf(await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': 'next' } }), claude));
      expect(await statesOf(bench, second)).toEqual(['draft']);
      for (const to of path) await bench.changes.move(view?.id ?? '', to, 'applier');
      await bench.reached(second, 'awaiting-approval');
    }
  });

  it('ends who waited on a base that moved under it meanwhile', async () => {
    await using bench = await openChangesBench(world);
    const first = await proposed(bench, 'mail');
    await bench.reached(first, 'awaiting-approval');
    const second = await proposed(bench, 'mail', 'blog');
    world.adopted.push(world.git.commitTree({ 'stacks/mail/main.tf': 'landed' }, 'main', world.base));
    await bench.changes.withdraw(first, claude);
    const [view] = await bench.reached(second, 'stale');
    expect(view?.why).toContain('the trusted base moved');
  });
});

describe('time', () => {
  it('ends what nobody decided about, as a whole set', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail', 'blog');
    await bench.reached(set, 'awaiting-approval');
    world.now = new Date(world.now.getTime() + 24 * 3_600_000 - 1);
    expect(await statesOf(bench, set)).toEqual(['awaiting-approval', 'awaiting-approval']);
    world.now = new Date(world.now.getTime() + 1);
    expect(await statesOf(bench, set)).toEqual(['expired', 'expired']);
  });

  it('ends a consent nobody gave, a denied one, and an approval that was not begun', async () => {
    await using bench = await openChangesBench(world, { parts: ofRisk('deny') });
    const consent = setOf(
      await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': 'consent' } }), claude),
    );
    await bench.reached(consent, 'needs-consent');
    const denied = await proposed(bench, 'blog');
    await bench.reached(denied, 'denied');
    const approved = await proposed(bench, 'shop');
    await bench.reached(approved, 'denied');
    await bench.sign(approved, 'alice', 'break-glass');
    world.now = new Date(world.now.getTime() + 3_600_000);
    expect(await statesOf(bench, approved)).toEqual(['expired']);
    expect((await bench.changes.status(approved, 0))[0]?.why).toContain('not begun in time');
    world.now = new Date(world.now.getTime() + 24 * 3_600_000);
    expect(await statesOf(bench, consent)).toEqual(['expired']);
    expect(await statesOf(bench, denied)).toEqual(['expired']);
  });

  it('does not end the rest of a set that is being applied', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail', 'blog');
    await bench.reached(set, 'awaiting-approval');
    const [first] = await bench.sign(set);
    await bench.changes.move(first?.id ?? '', 'applying', 'applier');
    world.now = new Date(world.now.getTime() + 10 * 3_600_000);
    expect(await statesOf(bench, set)).toEqual(['applying', 'approved']);
  });

  it('is over for a signature that comes at the same moment', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail');
    await bench.reached(set, 'awaiting-approval');
    const documents = await bench.changes.documentsOf(set, 'approve');
    world.now = new Date(world.now.getTime() + 24 * 3_600_000);
    const { verified, signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
    const [answer] = await Promise.allSettled([
      bench.changes.approve(set, verified, signed),
      bench.changes.status(set, 0),
    ]);
    expect(answer.status).toBe('rejected');
    expect(await statesOf(bench, set)).toEqual(['expired']);
  });
});

describe('the world', () => {
  it.each([
    [
      'the branch',
      async () => {
        world.landing.where = async () => ({ where: 'inside', head: 'f'.repeat(40), paths: ['stacks/mail/main.tf'] });
      },
      'the branch moved',
    ],
    [
      'the trusted base',
      async () => {
        world.adopted.push(world.git.commitTree({ 'modules/x/main.tf': 'landed' }, 'main', world.base));
      },
      'the trusted base moved',
    ],
    [
      'the state',
      async (bench: ChangesBench) => {
        if (plannedWell.state === undefined) throw new Error('no state');
        await bench.tables.records.see('stacks/mail', { ...plannedWell.state, serial: 8 }, world.now);
      },
      'has serial 8 now',
    ],
  ] as const)('that moved inside what a stack is made of (%s) makes its set stale', async (_, move, why) => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail', 'blog');
    await bench.reached(set, 'awaiting-approval');
    const documents = await bench.changes.documentsOf(set, 'approve');
    await move(bench);
    const { verified, signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
    await expect(bench.changes.approve(set, verified, signed)).rejects.toMatchObject({ code: 'set-not-ready' });
    expect(await statesOf(bench, set)).toEqual(['stale', 'stale']);
    expect((await bench.changes.status(set, 0))[0]?.why).toContain(why);
  });

  it('that moved elsewhere changes nothing', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail');
    await bench.reached(set, 'awaiting-approval');
    const files = world.git.trees.get((await world.git.commit(world.base)).tree) ?? {};
    world.adopted.push(world.git.commitTree({ ...files, 'stacks/blog/main.tf': 'landed' }, 'main', world.base));
    world.landing.where = async () => ({ where: 'elsewhere', head: 'f'.repeat(40) });
    expect((await bench.sign(set)).map(({ state }) => state)).toEqual(['approved']);
  });

  it('is looked at every minute, without anybody asking', async () => {
    await using bench = await openChangesBench(world, { looking: 20 });
    const set = await proposed(bench, 'mail');
    await bench.reached(set, 'awaiting-approval');
    world.landing.where = async () => ({ where: 'inside', head: 'f'.repeat(40), paths: [] });
    await bench.reached(set, 'stale');
  });

  it('that cannot be asked now does not end a change', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposed(bench, 'mail');
    await bench.reached(set, 'awaiting-approval');
    world.landing.where = async () => {
      throw new Error('a fault, not an answer');
    };
    await expect(bench.sign(set)).rejects.toThrow('a fault');
    expect(await statesOf(bench, set)).toEqual(['awaiting-approval']);
  });
});
