import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { createWorld, line, reprofiled, stateOf, wellApplied } from './world.fixture.ts';

const chg = `chg_${'abcdefghijklmnopqrstuvwxyz'}`;
const errorLine = `${JSON.stringify({ type: 'diagnostic', diagnostic: { severity: 'error', summary: 'refused', detail: 'a secret' } })}\n`;

describe('an apply', () => {
  it('goes step by step, each told before it is begun, and nothing is changed before it has entered', async () => {
    const world = createWorld();
    const ended = await world.apply();
    const { commit, tree } = world.document.repository;
    expect(world.happened).toEqual([
      'step prove',
      'step unpack',
      `open apply_${chg.slice(4)}_1`,
      'step state',
      `state in ${tree}`,
      'engine show -json /plan/plan',
      'step snapshot',
      `keep ${chg}-before`,
      'step announce',
      `announce ${chg} ${commit}`,
      'step apply',
      `spend apply:${chg}:1`,
      'enter',
      'engine apply -json -input=false -no-color -lock-timeout=60s /plan/plan',
      'step read-back',
      `keep ${chg}-after`,
      'save state',
      'step converge',
      'engine plan -detailed-exitcode -json -input=false -no-color -lock-timeout=60s',
      'closed',
    ]);
    expect(ended).toEqual({
      outcome: 'applied',
      report: {
        startedAt: '2026-11-26T12:00:00.000Z',
        endedAt: '2026-11-26T12:00:00.000Z',
        done: ['printed module.mail.kubectl_manifest.deployment'],
        failed: [],
        unknown: [],
        lines: [],
        converged: true,
        serial: 8,
      },
      state: stateOf(8).facts,
    });
    expect(world.kept.get(`${chg}-before`)).toEqual(stateOf(7).bytes);
  });

  it('of a stack that had no state keeps none, and makes one', async () => {
    const world = createWorld();
    world.before = undefined;
    world.inTree = undefined;
    world.document = { ...world.document, state: null };
    world.signatures = [world.sign()];
    world.after = stateOf(1);
    expect(await world.apply()).toMatchObject({ outcome: 'applied', report: { serial: 1 } });
    expect(world.kept.has(`${chg}-before`)).toBe(false);
  });

  it('that fails is told with what is known of it, masked, and is not tried again', async () => {
    const world = createWorld();
    world.engine['apply'] = () => ({
      exitCode: 1,
      stdout:
        line('apply_start', 'a') +
        line('apply_complete', 'a') +
        line('apply_start', 'b') +
        line('apply_errored', 'b') +
        errorLine,
    });
    const ended = await world.apply();
    expect(ended).toMatchObject({
      outcome: 'partially-applied',
      report: { done: ['printed a'], failed: ['printed b'], unknown: [], lines: ['masked 7'], serial: 8 },
    });
    expect(ended).not.toHaveProperty('report.converged');
    expect(JSON.stringify(ended)).not.toContain('secret');
    expect(world.happened.filter((what) => what.startsWith('engine apply'))).toHaveLength(1);
    expect(world.happened.filter((what) => what.startsWith('engine plan'))).toEqual([]);
    // What was done is in the state, which is saved all the same.
    expect(world.saved).toHaveLength(1);
  });

  it('that fails before anything was done is clean, and saves no state', async () => {
    const world = createWorld();
    world.after = world.before;
    world.engine['apply'] = () => ({ exitCode: 1, stdout: '', stderr: '\nError: no lock\n\nsecret words' });
    expect(await world.apply()).toMatchObject({ outcome: 'failed-clean', report: { lines: ['masked 7'], serial: 7 } });
    expect(world.saved).toEqual([]);
  });

  it('whose words cannot be masked says nothing of them', async () => {
    const world = createWorld();
    world.failing.add('explain');
    world.engine['apply'] = () => ({ exitCode: 1, stdout: errorLine });
    expect(await world.apply()).toMatchObject({
      report: { lines: ['what the engine said could not be masked, and is not shown'] },
    });
  });

  it('that the keep’s end ends gently is read back, and interrupted', async () => {
    const world = createWorld();
    const stop = new AbortController();
    world.engine['apply'] = () => {
      stop.abort();
      return { exitCode: 1, ended: 'cancelled', stdout: line('apply_start', 'a') + line('apply_errored', 'a') };
    };
    expect(await world.apply(stop.signal)).toMatchObject({
      outcome: 'interrupted',
      why: 'the keep was stopping and told the engine to end',
      report: { failed: ['printed a'], serial: 8 },
    });
    expect(world.saved).toHaveLength(1);
  });

  it('that was killed is interrupted, with what is not known', async () => {
    const world = createWorld();
    world.engine['apply'] = () => ({ exitCode: undefined, ended: 'signal', stdout: line('apply_start', 'a') });
    expect(await world.apply()).toMatchObject({ outcome: 'interrupted', report: { unknown: ['printed a'] } });
  });

  it('whose sandbox fails is interrupted, and no error', async () => {
    const world = createWorld();
    world.engine['apply'] = () => {
      throw new Error('no sandbox');
    };
    world.after = world.before;
    expect(await world.apply()).toMatchObject({
      outcome: 'interrupted',
      why: 'the engine was ended by a signal; the sandbox failed while the engine ran',
    });
  });

  it('whose state cannot be read back is interrupted, and has no serial', async () => {
    const world = createWorld();
    world.after = 'unreadable';
    const ended = await world.apply();
    expect(ended).toMatchObject({ outcome: 'interrupted', why: 'the state could not be read back' });
    expect(ended).not.toHaveProperty('report.serial');
    expect(ended).not.toHaveProperty('state');
  });

  it('that leaves its state behind has it sealed, and says so loudly', async () => {
    const world = createWorld();
    world.left = Buffer.from('the only copy');
    world.engine['apply'] = () => ({ exitCode: 1, stdout: wellApplied });
    expect(await world.apply()).toMatchObject({
      outcome: 'interrupted',
      why: expect.stringMatching(/could not write its state back/),
    });
    expect(world.kept.get(`${chg}-errored`)?.toString()).toBe('the only copy');
    expect(world.happened).toContain('log apply.state.left-behind');
  });

  it('says so when not even that can be sealed', async () => {
    const world = createWorld();
    world.left = Buffer.from('the only copy');
    world.failing.add(`keep ${chg}-errored`);
    expect(await world.apply()).toMatchObject({
      outcome: 'interrupted',
      why: expect.stringMatching(/a state that the engine left behind could not be kept$/),
    });
  });

  it('whose new state cannot be pushed is interrupted, and the state is sealed: nothing is lost', async () => {
    const world = createWorld();
    world.failing.add('save state');
    expect(await world.apply()).toMatchObject({
      outcome: 'interrupted',
      why: 'the new state could not be pushed into the repository; it is sealed in the keep',
      report: { done: [expect.any(String)], serial: 8 },
    });
    expect(world.kept.get(`${chg}-after`)).toEqual(stateOf(8).bytes);
    expect(world.happened.filter((what) => what.startsWith('engine plan'))).toEqual([]);
  });

  it('seals its new state before it pushes it, for a keep that is killed in between, and pushes what it cannot seal', async () => {
    const world = createWorld();
    expect((await world.apply()).outcome).toBe('applied');
    expect(world.happened.indexOf(`keep ${chg}-after`)).toBeGreaterThan(0);
    expect(world.happened.indexOf(`keep ${chg}-after`)).toBeLessThan(world.happened.indexOf('save state'));

    const full = createWorld();
    full.failing.add(`keep ${chg}-after`);
    expect((await full.apply()).outcome).toBe('applied');
    expect(full.saved).toHaveLength(1);
    full.failing.clear();

    const lost = createWorld();
    for (const what of [`keep ${chg}-after`, 'save state']) lost.failing.add(what);
    expect(await lost.apply()).toMatchObject({
      outcome: 'interrupted',
      why: 'the new state could not be pushed into the repository; the new state could not be sealed either',
    });
  });

  it('of a state in a database pushes none', async () => {
    const world = createWorld();
    reprofiled(world, { state: { kind: 'pg', connection: new Secret('postgres://h/db') } });
    expect((await world.apply()).outcome).toBe('applied');
    expect(world.saved).toEqual([]);
    expect(world.happened.filter((what) => what.startsWith('state in'))).toEqual([]);
  });

  it('whose surroundings cannot be closed has ended all the same', async () => {
    const world = createWorld();
    world.failing.add('close');
    expect((await world.apply()).outcome).toBe('applied');
    expect(world.happened).toContain('log apply.surroundings.left');
  });

  it.each(['read-back', 'converge'])('whose step %s cannot be written down goes on', async (step) => {
    const world = createWorld();
    world.failing.add(`step ${step}`);
    const ended = await world.apply();
    expect(ended).toMatchObject({ report: { serial: 8 } });
    expect(world.happened).toContain('log apply.step.unwritten');
  });

  it('in which the keep itself fails is interrupted, and not tried again', async () => {
    const world = createWorld();
    world.print = () => {
      throw new Error('a mistake of ours');
    };
    expect(await world.apply()).toMatchObject({
      outcome: 'interrupted',
      why: 'the keep failed while it applied; nobody knows how far it came',
    });
    expect(world.happened.filter((what) => what.startsWith('engine apply'))).toHaveLength(1);
    expect(world.happened.at(-1)).toBe('closed');
  });
});

describe('a plan after the apply', () => {
  const summary = (add: number, change: number, remove: number): string =>
    `${JSON.stringify({ type: 'change_summary', changes: { add, change, remove, operation: 'plan' } })}\n`;

  it('that is not empty is told with its counts', async () => {
    const world = createWorld();
    world.engine['plan'] = () => ({ exitCode: 2, stdout: summary(1, 2, 0) });
    expect(await world.apply()).toMatchObject({
      outcome: 'applied',
      report: {
        converged: false,
        lines: ['a plan after the apply is not empty: 1 to create, 2 to change, 0 to delete'],
      },
    });
  });

  it.each([
    ['fails', { exitCode: 1 }, 'the plan failed'],
    ['is killed', { exitCode: undefined, ended: 'signal' as const }, 'the plan was ended (signal)'],
    ['is killed as if all were well', { exitCode: 0, ended: 'timeout' as const }, 'the plan was ended (timeout)'],
  ])('that %s is unknown, never empty', async (_, result, why) => {
    const world = createWorld();
    world.engine['plan'] = () => result;
    const ended = await world.apply();
    expect(ended).toMatchObject({
      outcome: 'applied',
      report: { lines: [`whether a plan would be empty now is not known: ${why}`] },
    });
    expect(ended).not.toHaveProperty('report.converged');
  });

  it('that cannot be made is unknown', async () => {
    const world = createWorld();
    world.engine['plan'] = () => {
      throw new Error('no sandbox');
    };
    const ended = await world.apply();
    expect(ended.outcome).toBe('applied');
    expect(ended).not.toHaveProperty('report.converged');
  });
});
