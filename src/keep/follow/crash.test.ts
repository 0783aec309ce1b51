import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { isOver } from '../../change/life/states.ts';
import { createRedactor } from '../../redaction/index.ts';
import { openBoard } from '../changes/board.ts';
import { openKeepDatabase, silent } from '../runs/runs.fixture.ts';
import { type Death, runAndDie } from './crash.fixture.ts';
import { type Fate, standInChanges, type Tables, World, wellFate } from './follow.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-follow-crash-'));
const database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
let world: World;
const fresh = async (): Promise<World> => {
  await database.execute('delete from castellan.apply_step; delete from castellan.lease; delete from castellan.change');
  return new World(database);
};
beforeEach(async () => {
  world = await fresh();
});

/** What may be said of every set, whatever happened to it, once a keep that lives has nothing more to do. */
async function assertSound(ids: readonly string[]): Promise<void> {
  const changes = await Promise.all(ids.map((id) => world.get(id)));
  const held = await world.holding(ids);
  for (const { view } of changes) {
    const { id, state } = view;
    const runs = world.engineRuns.get(id) ?? 0;
    expect(runs, `${id} was applied ${runs} times`).toBeLessThanOrEqual(1);
    expect(['applying', 'applied'], `${id} is left ${state}`).not.toContain(state);
    const mayHold = state === 'interrupted' || !(isOver(state) || state === 'failed-expectation');
    expect(mayHold || !held.includes(id), `${id} is ${state} and holds its stack`).toBe(true);
    if (state === 'interrupted') expect(held).toContain(id);
    if (state === 'landed') {
      expect(runs).toBe(1);
      expect(view.apply?.converged).toBe(true);
      expect(view.expected?.every(({ result }) => result === 'pass')).toBe(true);
      expect(changes.every((one) => ['landed', 'no-changes'].includes(one.view.state))).toBe(true);
      expect(world.landed).toContain(view.landedAs);
    }
    // Whatever ran is told as such: a change that says it was not applied was not. Of an applier that begins without a word, and
    // a keep that dies before it hears what came of it, nobody can know.
    const isTold = world.fates.get(id)?.outcome !== 'never-entered';
    if (isTold && ['stale', 'expired', 'approved'].includes(state))
      expect(runs, `${id} is ${state} and was applied`).toBe(0);
  }
}

/** The steps and leases of the room that changes live in; what plans is a stand-in all the same. */
async function boardOver(tables: Tables, over: World): Promise<ReturnType<typeof standInChanges>> {
  const board = await openBoard({
    journal: tables,
    sealed: { drop: async () => undefined },
    redactor: createRedactor(),
    approvalHours: 24,
    now: over.now,
    log: silent,
    onStep: () => undefined,
    onFree: () => undefined,
  });
  return {
    ...standInChanges(tables, over),
    stored: board.get,
    ofSet: board.ofSet,
    open: async () => board.open(),
    move: board.move,
    note: board.note,
    giveBack: (stack, change) => board.take((steps) => steps.giveBack(stack, change)),
  };
}

const well: readonly Partial<Fate>[] = [{}, {}];
const inPart: readonly Partial<Fate>[] = [{ outcome: 'partially-applied' }, {}];

/** One thing after the other: to die after one is to die before the next, so that is tried of one story alone. */
it.each<[string, Death, readonly Partial<Fate>[]]>([
  ['that goes well', 'after', well],
  ['that goes well', 'throws', well],
  ['whose last fails its expectation', 'after', [{}, { expected: 'fail' }]],
  ['whose second moved', 'after', [{}, { replan: 'moved' }]],
  ['whose first is applied in part', 'after', inPart],
  ['whose first is applied in part', 'before', inPart],
  ['that goes well, over the board itself', 'after', well],
  ['whose first is applied in part, over the board itself', 'throws', inPart],
])('a set %s is applied once, and nothing of it is lost, wherever its keep ends (%s)', async (story, death, fates) => {
  let landed = 0;
  let ends = 0;
  for (let at = 1; ; at++) {
    world = await fresh();
    if (story.includes('board')) world.changesOver = boardOver;
    const ids = await world.approved(fates);
    world.dependent.add((await world.get(ids[1] ?? '')).view.stack);
    const came = await runAndDie(world, at, death);
    await world.run();
    await assertSound(ids);
    if ((await world.states(ids)).every((state) => state === 'landed')) landed += 1;
    if (!came) break;
    ends += 1;
  }
  expect(ends).toBeGreaterThan(15);
  // Where nothing was begun, or the engine had ended, a set that goes well gets there all the same.
  if (fates === well) expect(landed).toBeGreaterThan(ends / 3);
});

it('whatever becomes of a set, and however often its keep ends, it is left sound', async () => {
  const fate: fc.Arbitrary<Fate> = fc.record({
    outcome: fc.oneof(
      { weight: 6, arbitrary: fc.constant('applied' as const) },
      fc.constantFrom('refused', 'throws', 'never-entered', 'partially-applied', 'failed-clean', 'interrupted'),
    ),
    converged: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constantFrom(false, undefined)),
    expected: fc.oneof({ weight: 6, arbitrary: fc.constant('pass' as const) }, fc.constantFrom('fail', 'unknown')),
    replan: fc.oneof({ weight: 3, arbitrary: fc.constant('same' as const) }, fc.constant('moved' as const)),
  });
  const death = fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    death: fc.constantFrom<Death>('before', 'after', 'throws'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { minLength: 1, maxLength: 4 }),
      fc.array(death, { maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      async (fates, deaths, dependent, landingFails) => {
        world = await fresh();
        const ids = await world.approved(fates);
        for (const [index, id] of ids.entries()) {
          if (dependent[index] === true) world.dependent.add((await world.get(id)).view.stack);
        }
        world.landingFails = landingFails;
        for (const { at, death: how } of deaths) await runAndDie(world, at, how);
        await world.run();
        world.landingFails = false;
        await world.run();
        await assertSound(ids);
        const isWell = fates.every((one) => JSON.stringify(one) === JSON.stringify(wellFate));
        if (isWell && deaths.length === 0) expect(new Set(await world.states(ids))).toEqual(new Set(['landed']));
      },
    ),
    { numRuns: 40 },
  );
});
