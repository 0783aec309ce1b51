import { describe, expect, it } from 'vitest';
import { durationsIn, readDuration, sameDuration, writeDuration } from './duration.ts';

const minute = 60_000;

describe('durations', () => {
  it.each([
    ['5h50m', 350],
    ['38 min', 38],
    ['1 hour 20 minutes', 80],
    ['90s', 1.5],
    ['2 days', 2_880],
    ['1 hour and 5 minutes', 65],
  ])('%s is read', (text, minutes) => {
    expect(readDuration(text)).toBe(minutes * minute);
  });

  it.each(['12 ms', 'a while', '3 Deployments', '4 hosts', 'v1.2d3', '5m or 6m'])('%s is none', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });

  it('are found in a sentence', () => {
    expect(durationsIn('down 45 min, noticed after 27m').map(({ ms }) => ms / minute)).toEqual([45, 27]);
  });

  it.each([
    [350 * minute, '5h50m'],
    [38 * minute, '38m'],
    [20_000, '20s'],
    [25 * 1_440 * minute, '25d'],
  ])('%d is written %s', (ms, text) => {
    expect(writeDuration(ms)).toBe(text);
  });

  it('are the same within a tenth, and not beyond', () => {
    expect(sameDuration(100 * minute, 91 * minute)).toBe(true);
    expect(sameDuration(100 * minute, 85 * minute)).toBe(false);
    expect(sameDuration(350 * minute, 229 * minute)).toBe(false);
  });
});
