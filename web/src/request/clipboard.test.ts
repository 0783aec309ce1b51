import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { copyForAWhile } from './clipboard.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function desk() {
  const frame = new EventTarget();
  const board = { text: 'before', isOurs: true };
  const clipboard = {
    writeText: async (text: string) => {
      if (!board.isOurs) throw new DOMException('not focused', 'NotAllowedError');
      board.text = text;
    },
  };
  return { clipboard, frame, board };
}

it('lies in the clipboard for a while, and no longer', async () => {
  const { board, ...around } = desk();
  const steps: string[] = [];
  await copyForAWhile('value', 30_000, around, (step) => void steps.push(step));
  await vi.advanceTimersByTimeAsync(29_999);
  expect(board.text).toBe('value');
  await vi.advanceTimersByTimeAsync(1);
  expect(board.text).toBe('');
  expect(steps).toEqual(['copied', 'cleared']);
});

it('is cleared on coming back where the browser does not allow it before', async () => {
  const { board, ...around } = desk();
  const steps: string[] = [];
  await copyForAWhile('value', 30_000, around, (step) => void steps.push(step));
  board.isOurs = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([board.text, ...steps]).toEqual(['value', 'copied', 'waits']);
  board.isOurs = true;
  around.frame.dispatchEvent(new Event('focus'));
  await vi.advanceTimersByTimeAsync(0);
  expect([board.text, steps.at(-1)]).toEqual(['', 'cleared']);
});

it('says when the browser keeps the page from it', async () => {
  const { board, ...around } = desk();
  board.isOurs = false;
  const steps: string[] = [];
  await copyForAWhile('value', 30_000, around, (step) => void steps.push(step));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([board.text, ...steps]).toEqual(['before', 'refused']);
});
