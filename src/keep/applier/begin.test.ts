import { describe, expect, it } from 'vitest';
import { createWorld, refusedIn } from './world.fixture.ts';

describe('right before the engine starts', () => {
  const never = /^(enter|engine apply)/;

  it('a freeze that came meanwhile is seen', async () => {
    const world = createWorld();
    let looks = 0;
    world.frozen = () => {
      looks += 1;
      return looks > 1;
    };
    expect(await world.apply()).toMatchObject({ outcome: 'refused', reasons: ['freeze: everything is frozen'] });
    expect(world.happened.filter((what) => never.test(what) || what.startsWith('spend'))).toEqual([]);
  });

  it('a signature that expired meanwhile is no longer good', async () => {
    const world = createWorld();
    world.engine['show'] = () => {
      world.now = new Date('2026-11-26T12:06:00Z');
      return { stdout: '{"format_version":"1.2"}' };
    };
    expect(await world.apply()).toMatchObject({ outcome: 'refused', reasons: [expect.stringMatching(/^expiry: /)] });
    expect(world.happened.filter((what) => never.test(what) || what.startsWith('spend'))).toEqual([]);
  });

  it('the attempt is spent, and what cannot be spent is not applied', async () => {
    const world = createWorld();
    world.engine['show'] = () => {
      world.spent.add(`apply:${world.document.change}:1`);
      return { stdout: '{"format_version":"1.2"}' };
    };
    expect(await world.apply()).toMatchObject({ outcome: 'refused', reasons: ['nonce: it was taken once already'] });
    expect(world.happened.filter((what) => never.test(what))).toEqual([]);
  });

  it('a database that was put back to before the apply does not get a second one', async () => {
    const world = createWorld();
    expect((await world.apply()).outcome).toBe('applied');
    world.happened.length = 0;
    expect(await refusedIn(world)).toEqual({
      reasons: ['nonce: this attempt of the change was applied before, or begun'],
      stale: false,
      done: [],
    });
  });

  it('two applies of one change at once are one', async () => {
    const world = createWorld();
    const ended = await Promise.all([world.apply(), world.apply()]);
    expect(ended.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'refused']);
    expect(world.happened.filter((what) => what.startsWith('engine apply'))).toHaveLength(1);
  });

  it('what cannot enter is not applied, and not again either', async () => {
    const world = createWorld();
    world.failing.add('enter');
    expect(await world.apply()).toMatchObject({ outcome: 'refused', reasons: ['journal: enter was refused'] });
    world.failing.delete('enter');
    expect((await world.apply()).outcome).toBe('refused');
    expect(world.happened.filter((what) => never.test(what))).toEqual([]);
  });

  it.each(['prove', 'unpack', 'state', 'snapshot', 'announce', 'apply'])(
    'a step %s that cannot be written down is not taken',
    async (step) => {
      const world = createWorld();
      world.failing.add(`step ${step}`);
      expect(await world.apply()).toMatchObject({ outcome: 'refused', reasons: [`journal: step ${step} was refused`] });
      expect(world.happened.filter((what) => never.test(what))).toEqual([]);
    },
  );

  it.each([`keep chg_${'abcdefghijklmnopqrstuvwxyz'}-before`, 'announce'])('%s that fails ends it', async (what) => {
    const world = createWorld();
    world.failing.add(
      what === 'announce' ? `announce ${world.document.change} ${world.document.repository.commit}` : what,
    );
    expect(await world.apply()).toMatchObject({ outcome: 'refused', stale: false });
    expect(world.happened.filter((one) => never.test(one))).toEqual([]);
  });

  it('a keep that is stopping begins nothing', async () => {
    const world = createWorld();
    const stop = new AbortController();
    world.engine['show'] = () => {
      stop.abort();
      return { stdout: '{"format_version":"1.2"}' };
    };
    expect(await world.apply(stop.signal)).toMatchObject({
      outcome: 'refused',
      reasons: ['keep: it is stopping; nothing was begun'],
    });
    expect(world.happened.filter((what) => /^(step (snapshot|announce)|announce|keep|spend|enter)/.test(what))).toEqual(
      [],
    );
    expect(world.happened.at(-1)).toBe('closed');
  });

  it('a keep that stops in the last moment begins nothing either', async () => {
    const world = createWorld();
    const stop = new AbortController();
    let looks = 0;
    world.frozen = () => {
      looks += 1;
      if (looks === 2) stop.abort();
      return false;
    };
    expect(await world.apply(stop.signal)).toMatchObject({
      outcome: 'refused',
      reasons: ['keep: it is stopping; nothing was begun'],
    });
    expect(world.happened.filter((what) => never.test(what) || what.startsWith('spend'))).toEqual([]);
  });
});
