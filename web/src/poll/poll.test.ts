import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startPoll } from './poll.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(): {
  visibilityState: string;
  addEventListener: (_: string, listener: () => void) => void;
  removeEventListener: () => void;
  show(state: string): void;
} {
  let told: () => void = () => undefined;
  return {
    visibilityState: 'visible',
    addEventListener: (_, listener) => {
      told = listener;
    },
    removeEventListener: () => {
      told = () => undefined;
    },
    show(state) {
      this.visibilityState = state;
      told();
    },
  };
}

it('asks at once, and again after its time', async () => {
  const ask = vi.fn(async () => undefined);
  const poll = startPoll(ask, 3000, watched());
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(6001);
  expect(ask).toHaveBeenCalledTimes(3);
  poll.stop();
  await vi.advanceTimersByTimeAsync(9000);
  expect(ask).toHaveBeenCalledTimes(3);
});

it('asks nothing while nobody looks, and at once when somebody does', async () => {
  const page = watched();
  const ask = vi.fn(async () => undefined);
  const poll = startPoll(ask, 3000, page);
  await vi.advanceTimersByTimeAsync(10);
  page.show('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  page.show('visible');
  expect(ask).toHaveBeenCalledTimes(2);
  poll.stop();
});

it('never asks twice at a time: what was wanted meanwhile comes after', async () => {
  let end: () => void = () => undefined;
  const ask = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  const poll = startPoll(ask, 3000, watched());
  poll.now();
  poll.now();
  expect(ask).toHaveBeenCalledTimes(1);
  end();
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(2);
  poll.stop();
});
