import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { changeDocument } from '../../change/document/documents.ts';
import { changeView } from '../../change/wire/change.ts';
import type { StackGraph } from '../../iac/stacks/graph.ts';
import type { Planned } from '../planner/port.ts';
import { emptySummary, plannedWell, StandInPlanner, standInParts } from '../runs/stand-ins.fixture.ts';
import {
  claude,
  newWorld,
  ofRisk,
  openChangesBench,
  openScratch,
  proposal,
  setOf,
  someConfig,
  type World,
} from './changes.fixture.ts';
import { shownDigest } from './document.ts';

const { database, empty } = await openScratch();
let world: World;
beforeEach(async () => {
  await empty();
  world = newWorld(database);
});

describe('a proposed change', () => {
  it('is planned with what an applier needs, and waits for a human with its document and its page', async () => {
    await using bench = await openChangesBench(world);
    const first = await bench.changes.propose(proposal(), claude);
    expect(first).toMatchObject([{ stack: 'stacks/mail', order: 1, of: 1, agent: 'claude', human: 'alice' }]);
    const [view] = await bench.reached(setOf(first), 'awaiting-approval');
    expect(changeView.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      changedFiles: [{ path: 'stacks/mail/main.tf', change: 'modified' }],
      summary: emptySummary,
      engine: 'OpenTofu 1.10',
      expiresAt: '2030-01-02T00:00:00.000Z',
    });
    expect(bench.planner.requests).toMatchObject([{ run: view?.id, stack: 'stacks/mail', seal: true }]);
    expect(world.sealed.kept.get(view?.id ?? '')?.plan.toString()).toBe(`the plan of ${view?.id}`);
    const { facts } = await bench.changes.stored(view?.id ?? '');
    expect(changeDocument.parse(facts.document)).toMatchObject({
      change: view?.id,
      set: view?.set,
      attempt: 1,
      requester: claude,
      repository: { base: world.base, commit: view?.commit, tree: view?.proposed },
      plan: { sha256: plannedWell.outcome === 'planned' ? plannedWell.planSha256 : '' },
      state: { lineage: 'a-lineage', serial: 7 },
      boundary: 'separate user',
    });
    expect(facts.document?.shown).toBe(
      shownDigest({ summary: view?.summary, findings: view?.findings ?? [], page: facts.page }),
    );
    expect(facts.page?.files).toEqual([
      {
        path: 'stacks/mail/main.tf',
        change: 'modified',
        more: 0,
        text: expect.stringContaining('-mail\n+more memory'),
      },
    ]);
    await expect.poll(() => bench.notices).toEqual([{ what: 'awaiting-approval', id: view?.set, urgent: false }]);
    expect(bench.audited.map(({ tool }) => tool)).toEqual([
      'keep.change.draft',
      'keep.change.scanning',
      'keep.change.planning',
      'keep.change.awaiting-approval',
    ]);
  });

  it('takes the stacks that use what it changes, those that are named, and puts what others need first', async () => {
    const parts = standInParts();
    const readGraph = async (source: Parameters<typeof parts.readGraph>[0]): Promise<StackGraph> => {
      const graph = await parts.readGraph(source);
      const needs: Record<string, string[]> = { 'stacks/blog': ['stacks/shop'], 'stacks/shop': ['stacks/mail'] };
      const stacks = [...graph.stacks].map(
        ([name, node]) => [name, { ...node, dependsOn: needs[name] ?? [] }] as const,
      );
      return { ...graph, stacks: new Map(stacks) };
    };
    await using bench = await openChangesBench(world, { parts: { readGraph } });
    const all = await bench.changes.propose(proposal({ files: { 'modules/x/main.tf': 'y' } }), claude);
    expect(all.map(({ stack }) => stack)).toEqual(['stacks/mail', 'stacks/shop', 'stacks/blog']);
    const named = await bench.changes.propose(proposal({ stacks: ['blog'] }), claude);
    expect(named.map(({ stack }) => stack)).toEqual(['stacks/mail', 'stacks/blog']);
  });

  it('of stacks in a circle is blocked, and says which', async () => {
    const parts = standInParts();
    const readGraph = async (source: Parameters<typeof parts.readGraph>[0]): Promise<StackGraph> => {
      const graph = await parts.readGraph(source);
      const stacks = [...graph.stacks].map(
        ([name, node]) =>
          [name, { ...node, dependsOn: name === 'stacks/mail' ? ['stacks/blog'] : ['stacks/mail'] }] as const,
      );
      return { ...graph, stacks: new Map(stacks) };
    };
    await using bench = await openChangesBench(world, { parts: { readGraph } });
    const views = await bench.changes.propose(proposal({ stacks: ['blog'] }), claude);
    expect(views.map(({ state }) => state)).toEqual(['blocked', 'blocked']);
    expect(views[0]?.why).toContain('in a circle');
  });

  it.each([
    [
      'no profile plans',
      { profiles: someConfig.profiles.map((one) => ({ ...one, stacks: ['stacks/mail'] })) },
      'matches no profile',
    ],
    [
      'a profile skips',
      { profiles: someConfig.profiles.map((one) => ({ ...one, skip: [{ stack: 'blog', why: 'too old' }] })) },
      'too old',
    ],
    [
      'nothing applies',
      { profiles: someConfig.profiles.map((one) => ({ ...one, apply: undefined })) },
      'nothing to apply with',
    ],
    ['nobody may land', { repository: { ...someConfig.repository, push: undefined } }, 'may push'],
  ])('that touches a stack that %s is blocked as a whole, and names the stack', async (_, config, words) => {
    await using bench = await openChangesBench(world, { config });
    const views = await bench.changes.propose(proposal({ files: { 'modules/x/main.tf': 'y' } }), claude);
    expect(views.map(({ state }) => state)).toEqual(['blocked', 'blocked', 'blocked']);
    expect(views[1]?.findings.map(({ message }) => message).join()).toMatch(new RegExp(`stacks/blog.*${words}`));
    expect(bench.planner.requests).toEqual([]);
    expect(await bench.tables.leases.all()).toEqual([]);
  });

  it.each([
    ['nothing at all', { patch: undefined, stacks: [] }],
    ['a patch that changes nothing', { files: { 'stacks/mail/main.tf': 'mail' } }],
    ['a file that no stack uses', { files: { 'README.md': 'new' } }],
  ])('is refused for %s', async (_, more) => {
    await using bench = await openChangesBench(world);
    await expect(bench.changes.propose(proposal(more), claude)).rejects.toMatchObject({ code: 'proposal-empty' });
    expect(await bench.changes.latest(5)).toEqual([]);
  });

  it('of neither patch nor ref plans the trusted base of a named stack, and needs no commit', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(proposal({ patch: undefined, stacks: ['mail'] }), claude);
    const [view] = await bench.reached(setOf(views), 'awaiting-approval');
    expect(view).toMatchObject({ stack: 'stacks/mail', changedFiles: [], commit: world.base });
    expect(view?.proposed).toBeUndefined();
    expect(world.landing.commits).toEqual([]);
  });

  it('of a patch and a ref at once, or of an unknown stack, is refused', async () => {
    await using bench = await openChangesBench(world);
    await expect(bench.changes.propose(proposal({ ref: 'main' }), claude)).rejects.toMatchObject({
      code: 'proposal-ambiguous',
    });
    await expect(bench.changes.propose(proposal({ stacks: ['nowhere'] }), claude)).rejects.toMatchObject({
      code: 'stack-unknown',
    });
  });

  it('that is open already is given back, also to two who ask at once', async () => {
    await using bench = await openChangesBench(world);
    const [one, other] = await Promise.all([
      bench.changes.propose(proposal(), claude),
      bench.changes.propose(proposal(), claude),
    ]);
    expect(setOf(one)).toBe(setOf(other));
    await bench.reached(setOf(one), 'awaiting-approval');
    expect(setOf(await bench.changes.propose(proposal({ reason: 'again' }), claude))).toBe(setOf(one));
    expect(bench.planner.requests).toHaveLength(1);
  });

  it('keeps no secret of its words, nor of a file, in a row or on its page', async () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(
      proposal({ reason: `use ${token}`, files: { 'stacks/mail/main.tf': `token = "${token}"` } }),
      claude,
    );
    await bench.reached(setOf(views), 'awaiting-approval');
    expect(JSON.stringify(await database.query('select * from castellan.change', []))).not.toContain(token);
    expect(JSON.stringify(bench.audited)).not.toContain(token);
  });

  it('shows characters that nobody would see as what they are', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(
      proposal({ files: { 'stacks/mail/main.tf': 'a = "b\u202ec"\n' } }),
      claude,
    );
    const [view] = await bench.reached(setOf(views), 'awaiting-approval');
    const { facts } = await bench.changes.stored(view?.id ?? '');
    expect(facts.page?.files[0]?.text).toContain('b«U+202E»c');
  });
});

describe('what judges', () => {
  it('blocks what the gate denies, and its stack is free again', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': '!' } }), claude);
    const [view] = await bench.reached(setOf(views), 'blocked');
    expect(view?.findings).toMatchObject([{ rule: 'edit-never', verdict: 'deny' }]);
    expect(await bench.tables.leases.all()).toEqual([]);
    expect(bench.planner.requests).toEqual([]);
  });

  it('waits for a consent that binds tree, diff and profile, and plans nothing before', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': 'consent' } }), claude);
    const [view] = await bench.reached(setOf(views), 'needs-consent');
    const parts = await bench.changes.consentOf(view?.id ?? '');
    expect(parts).toMatchObject({ tree: view?.proposed, digest: view?.consent });
    expect(bench.planner.requests).toEqual([]);
    await expect.poll(() => bench.notices).toEqual([{ what: 'needs-consent', id: view?.set, urgent: false }]);
    world.consents.add(parts?.digest ?? '');
    bench.changes.consented();
    await bench.reached(setOf(views), 'awaiting-approval');
    expect(await bench.changes.consentOf(view?.id ?? '')).toBeUndefined();
    expect(bench.planner.requests).toHaveLength(1);
  });

  const outcomes: readonly (readonly [
    string,
    Parameters<typeof openChangesBench>[1],
    'plan-failed' | 'no-changes' | 'denied',
  ])[] = [
    ['fails', { planner: failing() }, 'plan-failed'],
    [
      'would do nothing',
      { parts: { summarise: async () => ({ summary: emptySummary, changes: false }) } },
      'no-changes',
    ],
    ['policy denies', { parts: ofRisk('deny') }, 'denied'],
  ];
  it.each(outcomes)('ends with a plan that %s', async (_, options, state) => {
    await using bench = await openChangesBench(world, options);
    const asItIs = { patch: undefined, stacks: ['mail'] };
    const views = await bench.changes.propose(proposal(state === 'no-changes' ? asItIs : {}), claude);
    const [view] = await bench.reached(setOf(views), state);
    if (state === 'plan-failed') expect(view?.failure).toMatchObject({ step: 'init', lines: ['masked'] });
    expect(await bench.tables.leases.all()).toEqual([]);
    // A denied one can still be signed by whoever breaks the glass.
    expect(world.sealed.kept.has(view?.id ?? '')).toBe(state === 'denied');
  });

  const emptyPlan = { parts: { summarise: async () => ({ summary: emptySummary, changes: false }) } };
  it('waits for a signature where the plan is empty and files are to land', async () => {
    await using bench = await openChangesBench(world, emptyPlan);
    const views = await bench.changes.propose(proposal(), claude);
    const [view] = await bench.reached(setOf(views), 'awaiting-approval');
    expect(world.sealed.kept.has(view?.id ?? '')).toBe(true);
    expect(await bench.sign(setOf(views))).toMatchObject([{ state: 'approved' }]);
  });

  it('says of a set of which one stack failed why it cannot be signed', async () => {
    const planner = new StandInPlanner();
    planner.outcome = async ({ stack }) => (stack === 'stacks/blog' ? badly : plannedWell);
    await using bench = await openChangesBench(world, { planner });
    const views = await bench.changes.propose(proposal({ stacks: ['blog'] }), claude);
    await bench.reached(setOf(views), 'plan-failed', 'awaiting-approval');
    await expect
      .poll(async () => (await bench.changes.status(setOf(views), 0)).find(({ stack }) => stack === 'stacks/mail')?.why)
      .toContain('stacks/blog is plan-failed');
    await expect(bench.changes.documentsOf(setOf(views), 'approve')).rejects.toMatchObject({ code: 'set-not-ready' });
    expect(bench.notices).toEqual([]);
  });

  it('is a fault told of the change when the planner throws, and the keep goes on', async () => {
    const planner = new StandInPlanner();
    planner.outcome = async () => {
      throw new Error('a secret word');
    };
    await using bench = await openChangesBench(world, { planner });
    const views = await bench.changes.propose(proposal(), claude);
    const [view] = await bench.reached(setOf(views), 'plan-failed');
    expect(view?.failure?.code).toBe('keep-fault');
    expect(JSON.stringify(view)).not.toContain('a secret word');
  });
});

const badly: Planned = {
  outcome: 'failed',
  step: 'init',
  ended: 'exit',
  engine: 'OpenTofu 1.10',
  took: {},
  state: undefined,
  diagnostics: [{ summary: 'masked', detail: 'raw' }],
  json: undefined,
};

function failing(): StandInPlanner {
  const planner = new StandInPlanner();
  planner.outcome = async () => badly;
  return planner;
}

describe('limits', () => {
  it('lets so many sets of a principal wait, and counts no more those that a human decided', async () => {
    await using bench = await openChangesBench(world);
    const sets: string[] = [];
    for (const text of ['1', '2', '3']) {
      sets.push(setOf(await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': text } }), claude)));
    }
    const fourth = proposal({ files: { 'stacks/blog/main.tf': '4' } });
    await expect(bench.changes.propose(fourth, claude)).rejects.toMatchObject({
      code: 'changes-pending',
      message: expect.stringContaining(sets[0] ?? ''),
    });
    await bench.changes.propose(fourth, { agent: 'other', human: 'bob' });
    await bench.changes.reject(sets[0] ?? '', 'alice', 'no');
    await bench.changes.propose(proposal({ files: { 'stacks/shop/main.tf': '5' } }), claude);
  });

  it('has a quota of its own by the hour', async () => {
    await using bench = await openChangesBench(world, { config: { plansPerHour: 1 } });
    await bench.changes.propose(proposal(), claude);
    await expect(
      bench.changes.propose(proposal({ files: { 'stacks/blog/main.tf': '2' } }), claude),
    ).rejects.toMatchObject({ code: 'plan-quota-spent' });
  });

  it('refuses what a human refused before, with their words, and only that', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(proposal(), claude);
    await bench.changes.reject(setOf(views), 'alice', 'mail needs no more memory');
    await expect(
      bench.changes.propose(proposal({ reason: 'please' }), { agent: 'other', human: 'x' }),
    ).rejects.toMatchObject({
      code: 'proposal-rejected',
      message: expect.stringContaining('mail needs no more memory'),
    });
    await bench.changes.propose(proposal({ files: { 'stacks/mail/main.tf': 'a little more' } }), claude);
  });

  it('refuses the repair of a stack again only on the base it was refused on', async () => {
    await using bench = await openChangesBench(world);
    const repair = proposal({ patch: undefined, stacks: ['mail'] });
    await bench.changes.reject(setOf(await bench.changes.propose(repair, claude)), 'alice', 'not now');
    await expect(bench.changes.propose(repair, claude)).rejects.toMatchObject({ code: 'proposal-rejected' });
    world.adopted.push(world.git.commitTree({ 'stacks/mail/main.tf': 'other' }, 'main', world.base));
    await bench.changes.propose(repair, claude);
  });

  it('refuses what a signed policy refuses, as long as it says', async () => {
    await using bench = await openChangesBench(world);
    const views = await bench.changes.propose(proposal(), claude);
    const { facts } = await bench.changes.stored(views[0]?.id ?? '');
    await bench.changes.withdraw(setOf(views), claude);
    world.rejections.set(`stacks/mail ${facts.diffSha256}`, new Date('2030-01-08T00:00:00Z'));
    await expect(bench.changes.propose(proposal(), claude)).rejects.toMatchObject({
      code: 'proposal-rejected',
      message: expect.stringContaining('2030-01-08'),
    });
    world.now = new Date('2030-01-08T00:00:01Z');
    await bench.changes.propose(proposal(), claude);
  });
});
