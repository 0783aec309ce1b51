import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fails, holds, type Look, unmeasured } from '../../change/expect/look.ts';
import { type Expectation, expectation } from '../../change/expect/predicates.ts';
import { type Clock, watchAll } from './watch.ts';

/** Time passes only when somebody waits. */
function virtualClock(): Clock {
  let time = Date.parse('2026-03-01T10:00:00Z');
  return {
    now: () => time,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      time += ms;
    },
  };
}

const alert = (within: number, name = 'NodeDown'): Expectation =>
  expectation.parse({ kind: 'alert-quiet', alert: name, within });
const never = new AbortController().signal;

/** The looks one after the other, the last again and again; how many were taken. */
async function watch(looks: readonly Look[], within = 60, signal = never) {
  const clock = virtualClock();
  const began = clock.now();
  let taken = 0;
  const look = async (): Promise<Look> => looks[Math.min(taken++, looks.length - 1)] ?? unmeasured('no look');
  const [result] = await watchAll([alert(within)], { look, clock, signal });
  return { result: result?.result, detail: result?.detail, taken, seconds: (clock.now() - began) / 1_000 };
}

it('what holds on two looks, five seconds apart, holds at once', async () => {
  expect(await watch([holds('quiet')])).toEqual({ result: 'pass', detail: 'quiet', taken: 2, seconds: 5 });
});

it('one good moment between bad ones does not hold', async () => {
  const found = await watch([fails('a'), holds('b'), fails('c'), holds('d'), unmeasured('e')]);
  expect(found).toMatchObject({ result: 'unknown', detail: 'e' });
});

it('what comes to hold before its time is over holds, and what does not is told as it was last seen', async () => {
  const late = [...Array.from({ length: 11 }, () => fails('not yet')), holds('there')];
  expect(await watch(late, 60)).toMatchObject({ result: 'pass', taken: 13 });
  expect(await watch([fails('1 of 2')], 60)).toMatchObject({ result: 'fail', detail: '1 of 2', seconds: 60 });
  expect(await watch([unmeasured('unreachable')], 60)).toMatchObject({ result: 'unknown', seconds: 60 });
});

it('the shortest time there is leaves room for the second look', async () => {
  expect(await watch([holds('quiet')], 5)).toMatchObject({ result: 'pass', taken: 2 });
  expect(await watch([fails('a'), holds('b')], 5)).toMatchObject({ result: 'pass', taken: 3 });
  expect(await watch([fails('a'), holds('b'), fails('c')], 5)).toMatchObject({ result: 'fail', detail: 'c' });
});

it('looks once more where a slow look left less than the usual pause', async () => {
  let time = 0;
  const clock: Clock = {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  };
  const looks: number[] = [];
  const look = async (): Promise<Look> => {
    looks.push(time);
    time += 2_000;
    return looks.length < 2 ? fails('not yet') : holds('there');
  };
  const [result] = await watchAll([alert(5)], { look, clock, signal: never });
  expect([result?.result, looks]).toEqual(['pass', [0, 5_000, 12_000]]);
});

it('all are watched at once, and told in their order', async () => {
  const clock = virtualClock();
  const look = async (one: Expectation): Promise<Look> =>
    one.kind === 'alert-quiet' && one.alert === 'Good' ? holds('quiet') : fails('fires');
  const results = await watchAll([alert(900, 'Bad'), alert(5, 'Good'), alert(900, 'Worse')], {
    look,
    clock,
    signal: never,
  });
  expect(results.map(({ what, result }) => [what, result])).toEqual([
    ['alert Bad quiet', 'fail'],
    ['alert Good quiet', 'pass'],
    ['alert Worse quiet', 'fail'],
  ]);
});

it('never passes without two good looks in a row, nor goes on for more than a quarter of an hour', async () => {
  const look = fc.constantFrom(holds('yes'), fails('no'), unmeasured('?'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(look, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 5, max: 900 }),
      async (looks, within) => {
        const { result, taken, seconds } = await watch(looks, within);
        const last = [taken - 2, taken - 1].map((index) => looks[Math.min(index, looks.length - 1)]?.result);
        expect(result === 'pass').toBe(taken >= 2 && last[0] === 'pass' && last[1] === 'pass');
        expect(seconds).toBeLessThanOrEqual(Math.min(900, within + 5));
      },
    ),
  );
});

it('a keep that stops ends it with its own reason, in the middle of a look too', async () => {
  const stopping = new AbortController();
  const reason = new Error('the keep is being stopped');
  const look = (_: Expectation, signal: AbortSignal): Promise<Look> => {
    const { promise, reject } = Promise.withResolvers<Look>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  };
  const watching = watchAll([alert(60), alert(60)], { look, clock: virtualClock(), signal: stopping.signal });
  stopping.abort(reason);
  await expect(watching).rejects.toBe(reason);
});

it('a fault in one look is no answer', async () => {
  const look = async (): Promise<Look> => {
    throw new TypeError('a fault');
  };
  await expect(watchAll([alert(60)], { look, clock: virtualClock(), signal: never })).rejects.toThrow('a fault');
});
