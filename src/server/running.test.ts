import { describe, expect, it } from 'vitest';
import { createRunning } from './running.ts';

describe('what is under way', () => {
  it('is waited for, however it ends', async () => {
    const running = createRunning();
    const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const works = [running.during(() => one.promise), running.during(() => other.promise)];
    let settled: boolean | undefined;
    const waiting = running.settled(10_000).then((all) => {
      settled = all;
    });
    one.resolve('done');
    expect(await works[0]).toBe('done');
    expect(settled).toBeUndefined();
    other.reject(new Error('failed'));
    await expect(works[1]).rejects.toThrowError('failed');
    await waiting;
    expect(settled).toBe(true);
  });

  it('is not waited for longer than was said', async () => {
    const running = createRunning();
    const never = Promise.withResolvers<never>();
    running.during(() => never.promise).catch(() => undefined);
    expect(await running.settled(10)).toBe(false);
  });

  it('is settled at once when there is nothing, and counts again after that', async () => {
    const changes: number[] = [];
    const running = createRunning((change) => changes.push(change));
    expect(await running.settled(10_000)).toBe(true);
    await running.during(async () => undefined);
    expect(await running.settled(10_000)).toBe(true);
    expect(changes).toEqual([1, -1]);
  });
});
