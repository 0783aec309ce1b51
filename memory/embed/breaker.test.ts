import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';
import { EndpointFailure } from './failure.ts';

describe('the breaker', () => {
  let clock = 0;
  let calls = 0;
  let breaker: Breaker;
  beforeEach(() => {
    clock = 1_000_000;
    calls = 0;
    breaker = new Breaker(() => new Date(clock));
  });

  const call = (outcome: () => Promise<string>): Promise<string> =>
    breaker
      .through(() => {
        calls += 1;
        return outcome();
      })
      .catch((error: Error) => error.message);
  const well = async (): Promise<string> => 'well';
  const fails = (kind: EndpointFailure['kind'], waitMs?: number) => async (): Promise<string> => {
    throw new EndpointFailure(kind, 'down', waitMs === undefined ? {} : { waitMs });
  };
  const open = async (): Promise<void> => {
    for (let count = 0; count < 3; count += 1) await call(fails('busy'));
    calls = 0;
  };

  it('opens after three failures in a row, and asks nobody while it is open', async () => {
    await call(fails('busy'));
    await call(fails('wrong'));
    await call(well);
    await call(fails('busy'));
    await call(fails('busy'));
    expect(breaker.reason).toBeUndefined();
    await call(fails('busy'));
    expect(breaker.reason).toBe('down');
    calls = 0;
    expect(await call(well)).toBe('down');
    expect(calls).toBe(0);
  });

  it('lets one through when its time is over, and closes when that one is answered', async () => {
    await open();
    clock += 15_000;
    const answer = Promise.withResolvers<string>();
    const first = call(() => answer.promise);
    expect(await call(well)).toBe('down');
    expect(calls).toBe(1);
    answer.resolve('well');
    expect(await first).toBe('well');
    expect(breaker.reason).toBeUndefined();
    expect(await call(well)).toBe('well');
  });

  it('stays open for longer each time it fails again, and no longer than five minutes', async () => {
    await open();
    for (const expected of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      clock += breaker.waitMs;
      await call(fails('busy'));
      expect(breaker.waitMs).toBe(expected);
    }
  });

  it('waits as long as it is told to', async () => {
    await call(fails('busy'));
    await call(fails('busy'));
    await call(fails('busy', 90_000));
    expect(breaker.waitMs).toBe(90_000);
  });

  it('takes a refused text for an answer, and a caller that leaves for nothing at all', async () => {
    await call(fails('busy'));
    await call(fails('busy'));
    await call(fails('text'));
    await call(fails('busy'));
    for (let count = 0; count < 5; count += 1) {
      await call(async () => {
        throw new Error('left');
      });
    }
    expect(breaker.reason).toBeUndefined();
    await open();
    clock += 15_000;
    await call(async () => {
      throw new Error('left');
    });
    // Whoever was let through left without an answer: the next one is let through.
    expect(await call(well)).toBe('well');
  });
});
