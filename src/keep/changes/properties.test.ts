import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Actor, type ChangeState, holdingStates, mayStep } from '../../change/life/states.ts';
import { CastellanError } from '../../kit/index.ts';
import {
  type ChangesBench,
  claude,
  newWorld,
  openChangesBench,
  openScratch,
  proposal,
  type World,
} from './changes.fixture.ts';

const { database, empty } = await openScratch();

const actors: readonly Actor[] = ['agent', 'keep', 'signature', 'human', 'applier'];
const folders = ['mail', 'blog', 'shop'];

type Verb = (bench: ChangesBench, world: World) => Promise<unknown>;

/** One of those that are there, whatever its state. */
async function some(bench: ChangesBench, at: number) {
  const all = await bench.changes.latest(100);
  return all[at % Math.max(1, all.length)];
}

const step =
  (at: number, to: ChangeState, actor: Actor): Verb =>
  async (bench) => {
    const view = await some(bench, at);
    if (view !== undefined) await bench.changes.move(view.id, to, actor);
  };
const onSet =
  (at: number, act: (bench: ChangesBench, set: string) => Promise<unknown>): Verb =>
  async (bench) => {
    const view = await some(bench, at);
    if (view !== undefined) await act(bench, view.set);
  };

const verb: fc.Arbitrary<Verb> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.subarray(folders, { minLength: 1 }),
        fc.constantFrom('a', 'b', 'c', '!', 'consent'),
        fc.boolean(),
        fc.nat(20),
      )
      .map(
        ([stacks, text, revises, at]): Verb =>
          async (bench) => {
            const files = Object.fromEntries(stacks.map((stack) => [`stacks/${stack}/main.tf`, text]));
            const revised = revises ? await some(bench, at) : undefined;
            await bench.changes.propose(proposal({ files, revises: revised?.id }), claude);
          },
      ),
  },
  { weight: 4, arbitrary: fc.nat(20).map((at) => onSet(at, (bench, set) => bench.sign(set))) },
  { weight: 2, arbitrary: fc.nat(20).map((at) => onSet(at, (bench, set) => bench.sign(set, 'bob', 'break-glass'))) },
  { weight: 1, arbitrary: fc.nat(20).map((at) => onSet(at, (bench, set) => bench.changes.withdraw(set, claude))) },
  { weight: 1, arbitrary: fc.nat(20).map((at) => onSet(at, (bench, set) => bench.changes.reject(set, 'alice', 'no'))) },
  {
    weight: 1,
    arbitrary: fc.nat(20).map(
      (at): Verb =>
        async (bench) => {
          const view = await some(bench, at);
          if (view !== undefined) await bench.changes.revert(view.id, claude);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(20).map(
      (at): Verb =>
        async (bench) => {
          const view = await some(bench, at);
          if (view?.state === 'approved') await bench.changes.replan(view.id, new AbortController().signal);
        },
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.nat(20),
        fc.constantFrom<ChangeState>(
          'applying',
          'applied',
          'verified',
          'landed',
          'failed-expectation',
          'failed-clean',
          'interrupted',
          'approved',
        ),
      )
      .map(([at, to]) => step(at, to, 'applier')),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30 }).map(
      (hours): Verb =>
        async (_, world) => {
          world.now = new Date(world.now.getTime() + hours * 3_600_000);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Verb>(async (bench, world) => {
      for (const { facts } of await bench.changes.open()) {
        if (facts.consent !== undefined) world.consents.add(facts.consent.digest);
      }
      bench.changes.consented();
    }),
  },
  { weight: 3, arbitrary: fc.constant<Verb>(() => new Promise((resolve) => setTimeout(resolve, 30))) },
);

async function assertInvariants(): Promise<void> {
  const rows = await database.query<{
    id: string;
    stack: string;
    state: ChangeState;
    record: { signatures: unknown[] };
  }>('select id, stack, state, record from castellan.change', []);
  const holding = rows.filter(({ state }) => holdingStates.includes(state));
  expect(new Set(holding.map(({ stack }) => stack)).size).toBe(holding.length);
  for (const { state, record } of rows) {
    if (state === 'approved') expect(record.signatures.length).toBeGreaterThan(0);
  }
  const leases = await database.query<{ stack: string; change: string }>(
    'select stack, change from castellan.lease',
    [],
  );
  for (const { id, stack } of holding) expect(leases).toContainEqual({ stack, change: id });
}

it('whatever is asked in whatever order: one change a stack, no approval without a signature, no step that is none', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(verb, fc.constant('restart' as const)), { minLength: 5, maxLength: 25 }),
      async (verbs) => {
        await empty();
        const world = newWorld(database);
        const passed = new Map<string, ChangeState>();
        let bench = await openChangesBench(world, {
          config: { approval: { hours: 24, minutes: 60, twoPeople: [], pending: 10 } },
        });
        const followAudit = (): void => {
          for (const { tool, correlation = '' } of bench.audited.splice(0)) {
            const to = tool.replace('keep.change.', '') as ChangeState;
            const from = passed.get(correlation);
            if (from === undefined) expect(to).toBe('draft');
            else expect([from, to, actors.some((actor) => mayStep(from, to, actor))]).toEqual([from, to, true]);
            passed.set(correlation, to);
          }
        };
        try {
          for (const one of verbs) {
            if (one === 'restart') {
              await bench[Symbol.asyncDispose]();
              followAudit();
              bench = await openChangesBench(world);
            } else {
              await one(bench, world).catch((error: unknown) => {
                // A refusal is an answer.
                if (!(error instanceof CastellanError)) throw error;
              });
            }
            await assertInvariants();
          }
        } finally {
          await bench[Symbol.asyncDispose]();
          followAudit();
        }
      },
    ),
    { numRuns: 25 },
  );
});
