import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditedCall } from '../../store/index.ts';
import { StandInPlanner } from '../runs/stand-ins.fixture.ts';
import {
  both,
  type ChangesBench,
  claude,
  newWorld,
  ofRisk,
  openChangesBench,
  openScratch,
  proposal,
  proposeAndWait,
  setOf,
  signatureOver,
  someConfig,
  type World,
} from './changes.fixture.ts';

const { database, empty } = await openScratch();
let world: World;
beforeEach(async () => {
  await empty();
  world = newWorld(database);
});

/** The row of the nth step of this name cannot be written: what a keep that dies there leaves. */
function dyingAt(step: string, nth: number): (call: AuditedCall) => boolean {
  let seen = 0;
  return ({ tool }) => tool === `keep.change.${step}` && ++seen >= nth;
}

function hanging(): StandInPlanner {
  const planner = new StandInPlanner();
  planner.outcome = () => new Promise(() => undefined);
  return planner;
}

const states = async (bench: ChangesBench, set: string) =>
  (await bench.changes.status(set, 0)).map(({ state }) => state);

describe('a keep that starts again', () => {
  it('goes on with what waited for its stack, and with what waits for a human', async () => {
    let waiting = '';
    let queued = '';
    {
      await using bench = await openChangesBench(world);
      waiting = await proposeAndWait(bench);
      queued = setOf(await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': 'next' } }), claude));
      expect(await states(bench, queued)).toEqual(['draft']);
    }
    await using bench = await openChangesBench(world);
    const [view] = await bench.changes.status(waiting, 0);
    expect(world.sealed.cleaned).toEqual([view?.id]);
    expect((await bench.sign(waiting)).map(({ state }) => state)).toEqual(['approved']);
    await bench.changes.withdraw(waiting, claude);
    await bench.reached(queued, 'awaiting-approval');
  });

  it('lets an approval and a wait for consent live on', async () => {
    let approved = '';
    let consent = '';
    {
      await using bench = await openChangesBench(world);
      approved = await proposeAndWait(bench);
      await bench.sign(approved);
      consent = setOf(await bench.changes.propose(proposal({ files: { 'stacks/blog/main.tf': 'consent' } }), claude));
      await bench.reached(consent, 'needs-consent');
    }
    await using bench = await openChangesBench(world);
    const [stored] = await bench.changes.ofSet(approved);
    expect(stored?.view.state).toBe('approved');
    expect(stored?.facts.signatures).toHaveLength(1);
    const [waits] = await bench.changes.ofSet(consent);
    world.consents.add(waits?.facts.consent?.digest ?? '');
    bench.changes.consented();
    await bench.reached(consent, 'awaiting-approval');
  });

  it('ends what was being judged or planned, its whole set with it, and frees its stacks', async () => {
    let set = '';
    {
      const planner = new StandInPlanner();
      planner.outcome = ({ stack }) =>
        stack === 'stacks/mail' ? new Promise(() => undefined) : new StandInPlanner().outcome({} as never);
      await using bench = await openChangesBench(world, { planner });
      set = setOf(await bench.changes.propose(proposal(both), claude));
      await expect.poll(() => states(bench, set)).toEqual(['awaiting-approval', 'planning']);
    }
    await using bench = await openChangesBench(world);
    const views = await bench.changes.status(set, 0);
    expect(views.map(({ state }) => state)).toEqual(['stale', 'stale']);
    expect(views[0]?.why).toContain('the keep was stopped');
    expect(await bench.tables.leases.all()).toEqual([]);
  });

  it('leaves an interrupted change its stack', async () => {
    let set = '';
    {
      await using bench = await openChangesBench(world);
      set = await proposeAndWait(bench);
      const [view] = await bench.sign(set);
      await bench.changes.move(view?.id ?? '', 'applying', 'applier');
    }
    await using bench = await openChangesBench(world);
    const [view] = await bench.changes.status(set, 0);
    expect(view?.state).toBe('applying');
    await bench.changes.move(view?.id ?? '', 'interrupted', 'keep');
    await bench[Symbol.asyncDispose]();
    await using again = await openChangesBench(world);
    expect(await again.tables.leases.all()).toMatchObject([{ stack: 'stacks/mail', change: view?.id }]);
    expect(world.sealed.cleaned).toEqual([view?.id]);
  });

  it.each([1, 2])('finishes an approval that was signed in full, when it died at step %i of it', async (nth) => {
    let set = '';
    {
      await using bench = await openChangesBench(world, { auditFault: dyingAt('approved', nth) });
      set = await proposeAndWait(bench, both);
      await expect(bench.sign(set)).rejects.toThrow('no room');
      expect(bench.approved).toEqual([]);
    }
    await using bench = await openChangesBench(world);
    expect(await states(bench, set)).toEqual(['approved', 'approved']);
  });

  it('does not finish one that lacks its second person, nor one whose time is over', async () => {
    const config = { approval: { ...someConfig.approval, twoPeople: ['high' as const] } };
    let set = '';
    {
      await using bench = await openChangesBench(world, { config, parts: ofRisk('high') });
      set = await proposeAndWait(bench);
      await bench.sign(set);
    }
    {
      await using bench = await openChangesBench(world, { config });
      expect(await states(bench, set)).toEqual(['awaiting-approval']);
      await bench.changes.withdraw(set, claude);
    }
    {
      await using bench = await openChangesBench(world, { auditFault: dyingAt('approved', 1) });
      set = await proposeAndWait(bench);
      await expect(bench.sign(set)).rejects.toThrow('no room');
    }
    world.now = new Date(world.now.getTime() + 3_600_000);
    await using bench = await openChangesBench(world);
    expect(await states(bench, set)).toEqual(['awaiting-approval']);
  });

  it.each(['rejected', 'withdrawn', 'stale', 'expired'] as const)('finishes a set that was half %s', async (end) => {
    let set = '';
    {
      await using bench = await openChangesBench(world, { auditFault: dyingAt(end, 2) });
      set = await proposeAndWait(bench, both);
      const ending = {
        rejected: () => bench.changes.reject(set, 'alice', 'no'),
        withdrawn: () => bench.changes.withdraw(set, claude),
        stale: async () => {
          world.landing.where = async () => ({ where: 'inside', head: 'f'.repeat(40), paths: [] });
          await bench.changes.documentsOf(set, 'approve');
        },
        expired: async () => {
          world.now = new Date(world.now.getTime() + 25 * 3_600_000);
          await bench.changes.status(set, 0);
        },
      }[end];
      await expect(ending()).rejects.toThrow('no room');
    }
    await using bench = await openChangesBench(world);
    const views = await bench.changes.status(set, 0);
    expect(views.map(({ state }) => state)).toEqual([end, end]);
    if (end === 'rejected') expect(views[1]?.words).toBe('no');
    expect(await bench.tables.leases.all()).toEqual([]);
  });

  it('finishes a set that was half blocked', async () => {
    const config = { profiles: someConfig.profiles.map((one) => ({ ...one, stacks: ['stacks/mail'] })) };
    {
      await using bench = await openChangesBench(world, { config, auditFault: dyingAt('blocked', 2) });
      await expect(bench.changes.propose(proposal(both), claude)).rejects.toThrow('no room');
    }
    await using bench = await openChangesBench(world, { config });
    expect((await bench.changes.latest(5)).map(({ state }) => state)).toEqual(['blocked', 'blocked']);
  });

  it('finishes a revision: never are both of them open', async () => {
    let [old, set] = ['', ''];
    {
      await using bench = await openChangesBench(world, { auditFault: dyingAt('superseded', 1) });
      old = await proposeAndWait(bench);
      const [first] = await bench.changes.status(old, 0);
      const better = proposal({ files: { 'stacks/mail/main.tf': 'better' }, revises: first?.id });
      await expect(bench.changes.propose(better, claude)).rejects.toThrow('no room');
      set = (await bench.changes.latest(5)).find(({ revises }) => revises === first?.id)?.set ?? '';
    }
    await using bench = await openChangesBench(world);
    expect(await states(bench, old)).toEqual(['superseded']);
    await bench.reached(set, 'awaiting-approval');
  });

  it('approves nothing whose signatures some of its changes lack', async () => {
    let set = '';
    {
      await using bench = await openChangesBench(world);
      set = await proposeAndWait(bench, both);
      const documents = await bench.changes.documentsOf(set, 'approve');
      const { signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
      const [first] = await bench.changes.status(set, 0);
      await bench.changes.note(first?.id ?? '', { facts: { signatures: [signed] } });
    }
    await using bench = await openChangesBench(world);
    expect(await states(bench, set)).toEqual(['awaiting-approval', 'awaiting-approval']);
    expect((await bench.sign(set)).map(({ state }) => state)).toEqual(['approved', 'approved']);
  });

  it('says no to whoever asks while it stops, and ends the plan', async () => {
    const bench = await openChangesBench(world, { planner: hanging() });
    const set = setOf(await bench.changes.propose(proposal(), claude));
    await expect.poll(() => bench.planner.running).toBe(1);
    await bench[Symbol.asyncDispose]();
    expect(bench.planner.running).toBe(0);
    await expect(bench.changes.propose(proposal(), claude)).rejects.toMatchObject({ code: 'keep-stopping' });
    await using again = await openChangesBench(world);
    expect(await states(again, set)).toEqual(['stale']);
  });

  it('notices work that broke off without a word, and ends it', async () => {
    await using bench = await openChangesBench(world, { looking: 20, auditFault: dyingAt('awaiting-approval', 1) });
    // Neither the plan's end nor its failure could be written down.
    bench.planner.outcome = async () => {
      await database.execute(
        "alter table castellan.change add constraint no_end check (state <> 'plan-failed') not valid",
      );
      return new StandInPlanner().outcome({} as never);
    };
    const set = setOf(await bench.changes.propose(proposal(), claude));
    await bench.reached(set, 'stale');
    await database.execute('alter table castellan.change drop constraint no_end');
  });
});
