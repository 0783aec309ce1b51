import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { idleTimer } from './idle.ts';

const minute = 60_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a daemon leaves 30 minutes after its last client and its last call', () => {
  const leave = vi.fn();
  const idle = idleTimer(true, leave);
  vi.advanceTimersByTime(29 * minute);
  // A call over HTTP, where nobody is connected for longer than a request.
  idle.changed(1);
  idle.changed(-1);
  vi.advanceTimersByTime(29 * minute);
  idle.changed(1);
  vi.advanceTimersByTime(60 * minute);
  idle.changed(1);
  idle.changed(-1);
  vi.advanceTimersByTime(60 * minute);
  expect(leave).not.toHaveBeenCalled();
  idle.changed(-1);
  vi.advanceTimersByTime(30 * minute);
  expect(leave).toHaveBeenCalledOnce();
});

it('a daemon that a person started stays, and one that is leaving leaves once', () => {
  const leave = vi.fn();
  idleTimer(false, leave);
  const ending = idleTimer(true, leave);
  ending.cancel();
  ending.changed(1);
  ending.changed(-1);
  vi.advanceTimersByTime(120 * minute);
  expect(leave).not.toHaveBeenCalled();
});
