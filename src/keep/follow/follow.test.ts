import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeState } from '../../change/life/states.ts';
import { openKeepDatabase } from '../runs/runs.fixture.ts';
import { began, type Fate, World } from './follow.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-follow-'));
const database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
let world: World;
beforeEach(async () => {
  await database.execute('delete from castellan.apply_step; delete from castellan.lease; delete from castellan.change');
  world = new World(database);
});

const why = async (id: string): Promise<string | undefined> => (await world.get(id)).view.why;
const runsOf = (ids: readonly string[]) => ids.map((id) => world.engineRuns.get(id) ?? 0);

describe('a set that is approved', () => {
  it('is applied in its order, verified, and landed as one', async () => {
    const ids = await world.approved([{}, {}, {}]);
    await world.run();
    expect(await world.states(ids)).toEqual(['landed', 'landed', 'landed']);
    expect([...world.engineRuns.keys()]).toEqual(ids);
    expect(world.landed).toHaveLength(1);
    const { view } = await world.get(ids[2] ?? '');
    expect(view).toMatchObject({
      landedAs: world.landed[0],
      expected: [{ result: 'pass' }],
      apply: { converged: true },
    });
    expect(await world.holding(ids)).toEqual([]);
    expect(world.notices).toEqual([{ what: 'applied', id: view.set, urgent: false }]);
  });

  it('lands nothing before its last change is verified', async () => {
    const ids = await world.approved([{}, {}]);
    let landedBefore = -1;
    world.duringEngine = async () => {
      landedBefore = world.landed.length;
    };
    await world.run();
    expect([landedBefore, await world.states(ids)]).toEqual([0, ['landed', 'landed']]);
  });

  const endings: readonly [string, Partial<Fate>, ChangeState, string, string][] = [
    ['is refused', { outcome: 'refused' }, 'stale', 'state: it moved', 'failed'],
    ['could not be prepared', { outcome: 'throws' }, 'stale', 'could not be prepared', 'failed'],
    ['is applied in part', { outcome: 'partially-applied' }, 'partially-applied', '1 done', 'failed'],
    ['fails and changes nothing', { outcome: 'failed-clean' }, 'failed-clean', 'the engine failed', 'failed'],
    ['is interrupted', { outcome: 'interrupted' }, 'interrupted', 'the engine was ended', 'interrupted'],
    ['runs without being entered', { outcome: 'never-entered' }, 'interrupted', 'never said', 'interrupted'],
    ['does not converge', { converged: false }, 'failed-expectation', 'not empty', 'failed-expectation'],
    ['may or may not converge', { converged: undefined }, 'failed-expectation', 'not known', 'failed-expectation'],
    ['fails its expectation', { expected: 'fail' }, 'failed-expectation', 'alert quiet: fail', 'failed-expectation'],
    ['cannot be measured', { expected: 'unknown' }, 'failed-expectation', 'unknown', 'failed-expectation'],
  ];
  const cases = endings.flatMap((ending) => [0, 1, 2].map((position) => [position, ...ending] as const));

  it.each(cases)('whose change %d %s stops there and lands nothing', async (position, _, fate, state, says, what) => {
    const ids = await world.approved([0, 1, 2].map((index) => (index === position ? fate : {})));
    await world.run();
    const expected = ids.map((_id, index) => (index < position ? 'verified' : index === position ? state : 'stale'));
    expect(await world.states(ids)).toEqual(expected);
    expect(await why(ids[position] ?? '')).toContain(says);
    expect(world.landed).toEqual([]);
    // Nothing is held of a set that ended, but where somebody has to look first.
    expect(await world.holding(ids)).toEqual(state === 'interrupted' ? [ids[position]] : []);
    expect(world.notices).toContainEqual(expect.objectContaining({ what, id: ids[position] }));
    for (const [index, id] of ids.entries()) {
      if (index === position) continue;
      expect(await why(id)).toContain(`the set stopped at ${ids[position]}`);
      expect(await why(id)).toContain('Nothing of it was landed');
    }
    // The keep after it finds nothing to do.
    const before = [runsOf(ids), await world.states(ids)];
    await world.run();
    expect([runsOf(ids), await world.states(ids)]).toEqual(before);
  });

  it('that stopped says what of it is in the world, and what is not', async () => {
    const [first, second, third] = await world.approved([{}, { outcome: 'partially-applied' }, {}]);
    await world.run();
    for (const id of [first, third]) {
      const text = await why(id ?? '');
      expect(text).toMatch(
        new RegExp(`Applied: ${first} on .*; in part, or nobody knows: ${second} on .*; not applied: ${third} on`),
      );
    }
  });

  it('remembers the state that it made itself', async () => {
    const [id = ''] = await world.approved([{}]);
    await world.run();
    const { stack } = (await world.get(id)).view;
    expect(await world.tables.records.get(stack)).toMatchObject({ lineage: id, serial: 2 });
  });

  it.each([
    ['an apply that a human signed over the rules makes its state the known one', true, 2],
    ['any other leaves a newer one known, for somebody to look at', false, 9],
  ])('%s', async (_, brokenGlass, serial) => {
    const [id = ''] = await world.approved([{}], { brokenGlass });
    const { stack } = (await world.get(id)).view;
    const newer = { lineage: id, serial: 9, sha256: 'f'.repeat(64), resources: 3 };
    await world.tables.records.see(stack, newer, world.now());
    await world.run();
    expect(await world.tables.records.get(stack)).toMatchObject({ lineage: id, serial });
  });

  it('in which one had nothing to do is whole without it', async () => {
    const ids = await world.approved([{}, {}]);
    await world.put(ids[0] ?? '', 'no-changes');
    await world.run();
    expect(await world.states(ids)).toEqual(['no-changes', 'landed']);
  });
});

const ownCommit = '8'.repeat(40);
it.each([
  ['of one tree, each with a commit of its own, is landed by all of them', {}, ownCommit, ['landed', 'landed']],
  ['of several trees is not landed at all', { tree: '9'.repeat(40) }, ownCommit, ['landing-failed', 'landing-failed']],
  [
    'whose row names another commit than what was signed is not',
    {},
    '7'.repeat(40),
    ['landing-failed', 'landing-failed'],
  ],
])('a set %s', async (_, more, signed, states) => {
  const ids = await world.approved([{}, {}]);
  await database.query(
    `update castellan.change set record = jsonb_set(record || $2, '{document,repository,commit}', $3) where id = $1`,
    [ids[1], { commit: ownCommit, ...more }, JSON.stringify(signed)],
  );
  await world.run();
  expect(await world.states(ids)).toEqual(states);
  expect(world.landed).toHaveLength(states[0] === 'landed' ? 2 : 0);
});

describe('a change that hangs on one before it', () => {
  it('is planned again, and goes on with what was signed when that is the same', async () => {
    const ids = await world.approved([{}, {}]);
    for (const id of ids) world.dependent.add((await world.get(id)).view.stack);
    await world.run();
    expect(world.replanned).toEqual([ids[1]]);
    expect(await world.states(ids)).toEqual(['landed', 'landed']);
  });

  it('waits to be signed anew when it moved, and everything behind it waits too', async () => {
    const ids = await world.approved([{}, { replan: 'moved' }, {}]);
    world.dependent.add((await world.get(ids[1] ?? '')).view.stack);
    await world.run();
    expect(await world.states(ids)).toEqual(['verified', 'awaiting-approval', 'approved']);
    expect(runsOf(ids)).toEqual([1, 0, 0]);
    // The applier was not even asked.
    expect(await world.tables.steps.of(ids[1] ?? '', 1)).toEqual([]);
    expect(await world.holding(ids)).toEqual(ids);
    expect(world.landed).toEqual([]);
  });

  it('is not planned again when nothing it hangs on was applied', async () => {
    const ids = await world.approved([{}, {}]);
    await world.run();
    expect([world.replanned, await world.states(ids)]).toEqual([[], ['landed', 'landed']]);
  });
});

describe('nothing is begun', () => {
  it('while everything is frozen, and it goes on after the thaw', async () => {
    const [id = ''] = await world.approved([{}]);
    world.frozen = new Date(began);
    await using keep = await world.open();
    await keep.idle();
    expect(await world.states([id])).toEqual(['approved']);
    expect(await why(id)).toContain('everything is frozen since 2026-03-01T10:00:00.000Z, for a reason');
    world.frozen = undefined;
    keep.wake();
    await keep.idle();
    expect([await world.states([id]), await why(id)]).toEqual([['landed'], undefined]);
  });

  it('of what runs, a freeze cuts nothing, but the next change waits', async () => {
    const ids = await world.approved([{}, {}]);
    world.duringEngine = async () => {
      world.frozen = new Date(began);
    };
    await world.run();
    expect(await world.states(ids)).toEqual(['verified', 'approved']);
  });

  it('after what was approved expired, to the millisecond', async () => {
    const ids = await world.approved([{}, {}]);
    world.time = began + 3_600_000;
    await world.run();
    expect([await world.states(ids), runsOf(ids)]).toEqual([
      ['expired', 'stale'],
      [0, 0],
    ]);
    expect(await why(ids[0] ?? '')).toContain('approved until 2026-03-01T11:00:00.000Z');
    const [later = ''] = await world.approved([{}]);
    world.time += 3_599_999;
    await world.run();
    expect(await world.states([later])).toEqual(['landed']);
  });

  it('whose stack another change holds', async () => {
    const [id = ''] = await world.approved([{}]);
    const [other = ''] = await world.approved([{}]);
    await database.query('delete from castellan.lease where change = $1', [other]);
    await database.query('update castellan.lease set change = $2 where change = $1', [id, other]);
    await world.run();
    expect([await world.states([id]), runsOf([id])]).toEqual([['stale'], [0]]);
    expect(await why(id)).toContain('not held for it');
  });

  it('whose document is of another attempt, or that nobody signed', async () => {
    const [moved = '', unsigned = ''] = [...(await world.approved([{}])), ...(await world.approved([{}]))];
    await world.put(moved, 'approved', { attempt: 2 });
    await database.query(`update castellan.change set record = jsonb_set(record, '{signatures}', '[]') where id = $1`, [
      unsigned,
    ]);
    await world.run();
    expect(await world.states([moved, unsigned])).toEqual(['stale', 'stale']);
    expect(runsOf([moved, unsigned])).toEqual([0, 0]);
  });

  it('a second time, when somebody brings the database back to approved', async () => {
    const [id = ''] = await world.approved([{}]);
    await world.run();
    const held = { stack: (await world.get(id)).view.stack, change: id, since: new Date(began) };
    await world.tables.leases.take([held]);
    await world.put(id, 'approved');
    await world.run();
    expect([await world.states([id]), runsOf([id])]).toEqual([['stale'], [1]]);
    expect(await why(id)).toContain('begin at 10:00:00Z');
  });
});

describe('a keep that starts', () => {
  it('finds what was being applied: interrupted, its stack held, its steps told', async () => {
    const ids = await world.approved([{}, {}]);
    const [first = ''] = ids;
    await world.tables.steps.begin(first, 1, 'prove', new Date(began));
    await world.tables.steps.begin(first, 1, 'apply', new Date(began + 4_000));
    await world.put(first, 'applying');
    await using keep = await world.open();
    // Before anybody is listened to.
    expect((await world.get(first)).view.state).toBe('interrupted');
    await keep.idle();
    expect(await world.states(ids)).toEqual(['interrupted', 'stale']);
    expect(await why(first)).toBe(
      'the keep ended during the apply; it had begun: prove at 10:00:00Z, apply at 10:00:04Z',
    );
    expect([await world.holding(ids), runsOf(ids)]).toEqual([[first], [0, 0]]);
    expect(world.notices).toContainEqual({ what: 'interrupted', id: first, urgent: true });
  });

  const report = { startedAt: '2026-03-01T10:00:00Z', done: [], failed: [], unknown: [], lines: [], converged: true };
  it.each<[ChangeState, ChangeState]>([
    ['approved', 'landed'],
    ['applied', 'landed'],
    ['verified', 'landed'],
    ['landing-failed', 'landed'],
  ])('finds one that is %s: %s', async (state, end) => {
    const [id = ''] = await world.approved([{}]);
    await world.put(id, state, state === 'approved' ? {} : { apply: report });
    await world.run();
    expect([await world.states([id]), runsOf([id])]).toEqual([[end], [state === 'approved' ? 1 : 0]]);
  });

  it('looks anew at what was applied, and believes no result of before', async () => {
    const [id = ''] = await world.approved([{ expected: 'fail' }]);
    const expected = [{ what: 'alert quiet', result: 'pass' as const, detail: '', at: '2026-03-01T10:00:00Z' }];
    await world.put(id, 'applied', { apply: report, expected });
    await world.run();
    expect(await world.states([id])).toEqual(['failed-expectation']);
  });

  it('leaves alone what waits for a human, and what is over', async () => {
    const others: readonly ChangeState[] = [
      'draft',
      'needs-consent',
      'awaiting-approval',
      'denied',
      'rejected',
      'planning',
    ];
    for (const state of others) {
      const [id = ''] = await world.approved([{}]);
      await world.put(id, state);
      await world.run();
      expect(await world.states([id])).toEqual([state]);
    }
  });

  it('gives back what a keep that died left held for a change that is over', async () => {
    const ids = (await Promise.all([world.approved([{}]), world.approved([{}])])).flat();
    await world.put(ids[0] ?? '', 'failed-clean');
    await world.put(ids[1] ?? '', 'interrupted');
    await world.run();
    expect(await world.holding(ids)).toEqual([ids[1]]);
  });
});

describe('a keep that stops', () => {
  it('tells the apply to end, and has written down what came of it', async () => {
    const ids = await world.approved([{}, {}]);
    const running = Promise.withResolvers<void>();
    world.duringEngine = (_, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve(), { once: true });
      running.resolve();
      return promise;
    };
    const keep = await world.open();
    await running.promise;
    await keep[Symbol.asyncDispose]();
    expect(await world.states(ids)).toEqual(['interrupted', 'approved']);
    expect(await why(ids[0] ?? '')).toBe('the engine was ended');
    keep.wake();
    await keep.idle();
    expect(runsOf(ids)).toEqual([1, 0]);
  });
});

describe('a change that failed its expectation', () => {
  it('is told to whoever looks into incidents, and its revert waits for one signature', async () => {
    const [id = ''] = await world.approved([{ expected: 'fail' }]);
    await world.run();
    const { view } = await world.get(id);
    const revert = await world.get(view.revertedBy ?? '');
    expect(revert.view).toMatchObject({ state: 'awaiting-approval', reverts: id });
    expect(world.incidents).toEqual([id]);
    await world.run();
    expect(world.incidents).toEqual([id]);
  });

  it('is superseded by its revert, once that is applied and verified; the base is landed already', async () => {
    const [id = ''] = await world.approved([{ expected: 'fail' }]);
    await world.run();
    const revert = (await world.get(id)).view.revertedBy ?? '';
    world.fates.set(revert, { outcome: 'applied', converged: true, expected: 'pass', replan: 'same' });
    await world.put(revert, 'approved');
    await world.run();
    expect(await world.states([id, revert])).toEqual(['superseded', 'landed']);
    expect(world.landed).toEqual([]);
    expect((await world.get(revert)).view.landedAs).toBe('b'.repeat(40));
  });

  it('stays what it is when no revert could be planned, and says so', async () => {
    const [id = ''] = await world.approved([{ expected: 'fail' }]);
    world.revertFails = true;
    await world.run();
    const said = 'alert quiet: fail, as it was told. No revert of it could be planned (not-revertible-here)';
    expect(await why(id)).toContain(said);
    // Every keep tries again, and says it no louder.
    await world.run();
    expect((await why(id))?.split('No revert')).toHaveLength(2);
    world.revertFails = false;
    await world.run();
    expect((await world.get(id)).view.revertedBy).toBeDefined();
  });
});

describe('a set that cannot be landed', () => {
  it('says so once, and is tried again after one, five, fifteen and sixty minutes, and at every start', async () => {
    const ids = await world.approved([{}, {}]);
    world.landingFails = true;
    await using keep = await world.open();
    let tries = 0;
    const tried = async (): Promise<boolean> => {
      const before = world.landingTries;
      keep.wake();
      await keep.idle();
      tries += world.landingTries - before;
      return world.landingTries > before;
    };
    await keep.idle();
    expect(await world.states(ids)).toEqual(['landing-failed', 'landing-failed']);
    expect(await why(ids[0] ?? '')).toContain('the remote is gone');
    expect(await world.holding(ids)).toEqual(ids);
    for (const minutes of [1, 5, 15, 60, 60]) {
      world.time += minutes * 60_000 - 1;
      expect(await tried()).toBe(false);
      world.time += 1;
      expect(await tried()).toBe(true);
    }
    expect(tries).toBe(5);
    expect(world.notices.filter(({ what }) => what === 'landing-failed')).toHaveLength(1);
    world.landingFails = false;
    await world.run();
    expect([await world.states(ids), await world.holding(ids)]).toEqual([['landed', 'landed'], []]);
    expect(runsOf(ids)).toEqual([1, 1]);
  });
});
