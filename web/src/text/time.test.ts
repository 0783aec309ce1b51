import { describe, expect, it } from 'vitest';
import { countdown, exactTime, relativeTime, seconds } from './time.ts';

const now = new Date('2026-11-26T06:00:00.000Z');
const at = (offset: number): string => new Date(now.getTime() + offset * 1000).toISOString();

describe('a time beside now', () => {
  it.each([
    [-5, 'just now'],
    [-61, '1 min ago'],
    [-7_300, '2 h ago'],
    [-200_000, '2 d ago'],
    [30, 'in a moment'],
    [3_700, 'in 1 h'],
  ])('%i s away is %s', (offset, words) => {
    expect(relativeTime(at(offset), now)).toBe(words);
  });

  it('says when it is not known, and never guesses', () => {
    expect(relativeTime('soon', now)).toBe('at an unknown time');
    expect(exactTime('soon')).toBe('unknown');
    expect(countdown('soon', now)).toEqual({ text: 'unknown', urgent: true, over: false });
  });
});

describe('a countdown', () => {
  it.each([
    [90_000, '1 d 1 h', false],
    [7_440, '2 h 04 min', false],
    [1_200, '20 min', false],
    [245, '4:05 min', true],
    [1, '0:01 min', true],
  ])('%i s before the end is %s', (left, text, urgent) => {
    expect(countdown(at(left), now)).toEqual({ text, urgent, over: false });
  });

  it('is over at its end, not after it', () => {
    expect(countdown(at(0), now).over).toBe(true);
    expect(countdown(at(-1), now).text).toBe('expired');
  });
});

it('prints durations as they are read', () => {
  expect(seconds(310.4)).toBe('310 ms');
  expect(seconds(2_340)).toBe('2.3 s');
});
