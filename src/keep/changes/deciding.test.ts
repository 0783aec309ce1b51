import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../change/document/documents.ts';
import { emptySummary } from '../runs/stand-ins.fixture.ts';
import {
  both,
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

const stranger = { agent: 'other', human: 'bob' };

const riskOf = (levels: Readonly<Record<string, 'low' | 'high' | 'deny'>>) => ({
  summarise: async ({ stack }: { readonly stack: string }) => ({
    summary: { ...emptySummary, risk: { level: levels[stack] ?? ('low' as const), reasons: [] } },
    changes: true,
  }),
});

describe('a signature', () => {
  it('approves the whole set, in its order, and wakes whoever applies', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    const documents = await bench.changes.documentsOf(set, 'approve');
    expect(documents.map(({ stack }) => stack)).toEqual(['stacks/blog', 'stacks/mail']);
    const views = await bench.sign(set);
    expect(views.map(({ state }) => state)).toEqual(['approved', 'approved']);
    expect(views[0]).toMatchObject({
      approvedBy: ['alice'],
      brokenGlass: false,
      expiresAt: '2030-01-01T01:00:00.000Z',
    });
    expect(bench.approved).toEqual([set]);
    const { facts } = await bench.changes.stored(views[1]?.id ?? '');
    expect(facts.signatures[0]?.document).toContain(digestOf(documents[1] ?? (documents[0] as never)));
  });

  it('over other documents than those that wait is refused, and nothing is approved', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    const other = await proposeAndWait(bench, { files: { 'stacks/shop/main.tf': 's' } });
    const documents = await bench.changes.documentsOf(set, 'approve');
    const foreign = await bench.changes.documentsOf(other, 'approve');
    const [first] = documents;
    if (first === undefined) throw new Error('no document');
    const about = { name: 'alice', kind: 'approve', now: world.now } as const;
    const wrong = [
      signatureOver(set, documents.slice(1), about),
      signatureOver(set, documents.toReversed(), about),
      signatureOver(set, [...documents, ...foreign], about),
      signatureOver(set, [{ ...first, reason: 'another' }, ...documents.slice(1)], about),
      signatureOver(other, documents, about),
      signatureOver(set, documents, { ...about, now: new Date(world.now.getTime() - 3_600_000) }),
    ];
    for (const { verified, signed } of wrong) {
      await expect(bench.changes.approve(set, verified, signed)).rejects.toMatchObject({ code: 'document-outdated' });
    }
    expect((await bench.changes.status(set, 0)).map(({ state, approvedBy }) => [state, approvedBy])).toEqual([
      ['awaiting-approval', []],
      ['awaiting-approval', []],
    ]);
    expect(bench.approved).toEqual([]);
  });

  it('is void once the change was told something else than what its page showed', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [view] = await bench.changes.status(set, 0);
    const documents = await bench.changes.documentsOf(set, 'approve');
    await bench.changes.note(view?.id ?? '', { view: { findings: [{ rule: 'x', verdict: 'note', message: 'y' }] } });
    const { verified, signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
    await expect(bench.changes.approve(set, verified, signed)).rejects.toMatchObject({ code: 'set-not-ready' });
  });

  it('of two people is asked for where the risk of the set has it: another person, not the same twice', async () => {
    const config = { approval: { ...someConfig.approval, twoPeople: ['high' as const] } };
    await using bench = await openChangesBench(world, { config, parts: riskOf({ 'stacks/mail': 'high' }) });
    const set = await proposeAndWait(bench, both);
    const first = await bench.sign(set, 'alice');
    expect(first.map(({ state, approvedBy }) => [state, approvedBy])).toEqual([
      ['awaiting-approval', ['alice']],
      ['awaiting-approval', ['alice']],
    ]);
    expect(bench.approved).toEqual([]);
    await expect(bench.sign(set, 'alice')).rejects.toMatchObject({ code: 'approver-same' });
    const second = await bench.sign(set, 'bob');
    expect(second.map(({ state, approvedBy }) => [state, approvedBy])).toEqual([
      ['approved', ['alice', 'bob']],
      ['approved', ['alice', 'bob']],
    ]);
    expect(bench.approved).toEqual([set]);
  });

  it('whose time was over before the second came counts no more', async () => {
    const config = { approval: { ...someConfig.approval, twoPeople: ['high' as const] } };
    await using bench = await openChangesBench(world, { config, parts: ofRisk('high') });
    const set = await proposeAndWait(bench);
    await bench.sign(set, 'alice');
    world.now = new Date(world.now.getTime() + 3_600_001);
    const [view] = await bench.sign(set, 'bob');
    expect(view).toMatchObject({ state: 'awaiting-approval', approvedBy: ['bob'] });
  });

  it('of an approval never takes what policy denied; breaking the glass does, and says so', async () => {
    const config = { approval: { ...someConfig.approval, twoPeople: ['high' as const] } };
    await using bench = await openChangesBench(world, {
      config,
      parts: riskOf({ 'stacks/mail': 'deny', 'stacks/blog': 'high' }),
    });
    const set = await proposeAndWait(bench, both);
    await expect(bench.sign(set)).rejects.toMatchObject({ code: 'set-not-ready' });
    const views = await bench.sign(set, 'alice', 'break-glass');
    expect(views.map(({ state, brokenGlass }) => [state, brokenGlass])).toEqual([
      ['approved', true],
      ['approved', true],
    ]);
    expect((await bench.tables.leases.all()).map(({ stack }) => stack)).toEqual(['stacks/blog', 'stacks/mail']);
    expect(bench.notices).toContainEqual({ what: 'break-glass', id: set, urgent: true });
  });

  it('that breaks the glass is refused while another change has the stack', async () => {
    await using bench = await openChangesBench(world, {
      parts: {
        summarise: async ({ proposed }) => ({
          summary: {
            ...emptySummary,
            risk: { level: proposed.source.files.get('stacks/mail/main.tf') === 'deny' ? 'deny' : 'low', reasons: [] },
          },
          changes: true,
        }),
      },
    });
    const set = await proposeAndWait(bench, { files: { 'stacks/mail/main.tf': 'deny' } });
    const holder = await proposeAndWait(bench);
    await expect(bench.sign(set, 'alice', 'break-glass')).rejects.toMatchObject({
      code: 'set-not-ready',
      message: expect.stringContaining('has stacks/mail now'),
    });
    expect((await bench.changes.status(holder, 0))[0]?.state).toBe('awaiting-approval');
  });
});

describe('a no', () => {
  it('of a human ends the whole set with their words', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    const views = await bench.changes.reject(set, 'alice', 'not on a Friday');
    expect(views).toMatchObject([
      { state: 'rejected', words: 'not on a Friday', why: 'rejected by alice' },
      { state: 'rejected', words: 'not on a Friday' },
    ]);
    expect(await bench.tables.leases.all()).toEqual([]);
    expect(world.sealed.kept.size).toBe(0);
    await expect(bench.changes.reject(set, 'alice', 'again')).rejects.toMatchObject({ code: 'change-past-recall' });
  });

  it('of its agent withdraws it; of another agent it does not', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    await expect(bench.changes.withdraw(set, stranger)).rejects.toMatchObject({ code: 'change-foreign' });
    const [first] = await bench.changes.status(set, 0);
    const views = await bench.changes.withdraw(first?.id ?? '', claude);
    expect(views.map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('comes too late once it is being applied', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [view] = await bench.sign(set);
    await bench.changes.move(view?.id ?? '', 'applying', 'applier');
    await expect(bench.changes.withdraw(set, claude)).rejects.toMatchObject({ code: 'change-past-recall' });
    await expect(bench.changes.reject(set, 'alice', 'stop')).rejects.toMatchObject({ code: 'change-past-recall' });
  });

  it('ends the plan that is under way', async () => {
    await using bench = await openChangesBench(world);
    const planned = Promise.withResolvers<never>();
    bench.planner.outcome = () => planned.promise;
    const set = setOf(await bench.changes.propose(proposal(), claude));
    await expect.poll(() => bench.planner.running).toBe(1);
    await bench.changes.withdraw(set, claude);
    await expect.poll(() => bench.planner.running).toBe(0);
    expect((await bench.changes.status(set, 0))[0]?.state).toBe('withdrawn');
  });

  it('and a yes at once: one of them counts, whichever came first', async () => {
    for (const withdrawFirst of [true, false]) {
      await using bench = await openChangesBench(world);
      const set = await proposeAndWait(bench);
      const documents = await bench.changes.documentsOf(set, 'approve');
      const { verified, signed } = signatureOver(set, documents, { name: 'alice', kind: 'approve', now: world.now });
      const yes = () => bench.changes.approve(set, verified, signed);
      const no = () => bench.changes.withdraw(set, claude);
      await Promise.allSettled(withdrawFirst ? [no(), yes()] : [yes(), no()]);
      // An approved one can still be taken back before it is applied: the no always wins here, the applier decides later.
      expect((await bench.changes.status(set, 0))[0]?.state).toBe('withdrawn');
      expect(await bench.tables.leases.all()).toEqual([]);
    }
  });

  it('of an unknown id says so', async () => {
    await using bench = await openChangesBench(world);
    for (const id of [`set_${'a'.repeat(26)}`, `chg_${'a'.repeat(26)}`]) {
      await expect(bench.changes.status(id, 0)).rejects.toMatchObject({ code: 'change-unknown' });
      await expect(bench.changes.withdraw(id, claude)).rejects.toMatchObject({ code: 'change-unknown' });
      await expect(bench.changes.documentsOf(id, 'approve')).rejects.toMatchObject({ code: 'change-unknown' });
    }
  });
});

describe('a revision', () => {
  it('takes the place of the whole set, whose approval is void', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench, both);
    const [old] = await bench.sign(set);
    const revised = await bench.changes.propose(
      proposal({ files: { 'stacks/mail/main.tf': 'better' }, revises: old?.id }),
      claude,
    );
    expect((await bench.changes.status(set, 0)).map(({ state }) => state)).toEqual(['superseded', 'superseded']);
    const [view] = await bench.reached(setOf(revised), 'awaiting-approval');
    expect(view?.revises).toBe(old?.id);
  });

  it('of what is the same but for its words is a new set too', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [old] = await bench.changes.status(set, 0);
    const again = await bench.changes.propose(proposal({ reason: 'better words', revises: old?.id }), claude);
    expect(setOf(again)).not.toBe(set);
    expect((await bench.changes.status(set, 0))[0]?.state).toBe('superseded');
  });

  it('is not of another agent, nor of what is being applied', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [old] = await bench.sign(set);
    const more = { files: { 'stacks/mail/main.tf': 'x' }, revises: old?.id };
    await expect(bench.changes.propose(proposal(more), stranger)).rejects.toMatchObject({ code: 'change-foreign' });
    await bench.changes.move(old?.id ?? '', 'applying', 'applier');
    await expect(bench.changes.propose(proposal(more), claude)).rejects.toMatchObject({ code: 'change-past-recall' });
  });
});

describe('a revert', () => {
  it('plans the trusted base of the stack, and is planned once', async () => {
    await using bench = await openChangesBench(world);
    const set = await proposeAndWait(bench);
    const [view] = await bench.sign(set);
    const id = view?.id ?? '';
    await expect(bench.changes.revert(id, claude)).rejects.toMatchObject({ code: 'change-not-revertible' });
    await bench.changes.move(id, 'applying', 'applier');
    await bench.changes.move(id, 'applied', 'applier');
    await bench.changes.move(id, 'failed-expectation', 'applier');
    const [revert] = await bench.changes.revert(id, { agent: 'console', human: 'alice' });
    expect(revert).toMatchObject({ reverts: id, stack: 'stacks/mail', changedFiles: [] });
    expect((await bench.changes.stored(id)).view.revertedBy).toBe(revert?.id);
    expect(setOf(await bench.changes.revert(id, claude))).toBe(revert?.set);
    await bench.reached(revert?.set ?? '', 'awaiting-approval');
    await bench.sign(revert?.set ?? '');
    for (const to of ['applying', 'applied', 'verified'] as const) {
      await bench.changes.move(revert?.id ?? '', to, 'applier');
    }
    expect((await bench.changes.stored(id)).view.state).toBe('superseded');
  });
});
