import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsDue } from './shared-schedule.ts';

const minuteMs = 60_000;
const window = fc
  .tuple(fc.integer({ min: 0, max: 60 * 24 * 365 }), fc.integer({ min: -10, max: 3 * 24 * 60 }), fc.nat(59_999))
  .map(([start, length, odd]) => {
    const after = new Date(Date.UTC(2026, 0, 1) + start * minuteMs + odd);
    return { after, until: new Date(after.getTime() + length * minuteMs) };
  });
const some = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 5 });

/** Every minute of the window, looked at one by one. */
function countByMinute(minutes: readonly number[], hours: readonly number[], { after, until }: Window): number {
  let count = 0;
  const first = Math.floor(after.getTime() / minuteMs + 1) * minuteMs;
  for (let time = first; time <= until.getTime(); time += minuteMs) {
    const at = new Date(time);
    if (minutes.includes(at.getUTCMinutes()) && hours.includes(at.getUTCHours())) count += 1;
  }
  return count;
}

type Window = Parameters<typeof runsDue>[1];

describe('runs that were due', () => {
  it('are those of a clock that is looked at every minute', () => {
    fc.assert(
      fc.property(some(59), some(23), window, (minutes, hours, span) => {
        const schedule = `${minutes.join(',')} ${hours.join(',')} * * *`;
        expect(runsDue({ schedule, timeZone: 'UTC' }, span)).toBe(Math.min(100, countByMinute(minutes, hours, span)));
      }),
      { numRuns: 60 },
    );
  });

  it('are unknown or between none and a hundred, whatever the schedule says', () => {
    const words = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.array(fc.constantFrom('*', '?', '*/7', '1-5', '0', '59', 'L', 'MON', '@every', '5h', '-1s', '31', '2'), {
        maxLength: 7,
      }),
    );
    fc.assert(
      fc.property(words, fc.constantFrom('UTC', 'Europe/Berlin', 'Nowhere/Land'), window, (said, timeZone, span) => {
        const due = runsDue({ schedule: typeof said === 'string' ? said : said.join(' '), timeZone }, span);
        if (due !== undefined) expect(due >= 0 && due <= 100 && Number.isInteger(due)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['@daily', 3],
    ['@weekly', 0],
    ['@every 24h', 3],
    ['@every 90m', 48],
    ['0 0 29 2 *', 0],
    ['*/5 * * * *', 100],
    ['0 3 * * 7', 0],
    ['0 3 * * 1-5', 3],
  ])('%s: %d in three days from a Monday on', (schedule, due) => {
    const span = { after: new Date('2026-03-02T00:30:00Z'), until: new Date('2026-03-05T00:30:00Z') };
    expect(runsDue({ schedule, timeZone: 'UTC' }, span)).toBe(due);
  });

  it('are counted in the zone of the schedule, over a change of its clocks too', () => {
    const span = { after: new Date('2026-03-28T12:00:00Z'), until: new Date('2026-03-30T01:30:00Z') };
    expect(runsDue({ schedule: '0 3 * * *', timeZone: 'Europe/Berlin' }, span)).toBe(2);
    expect(runsDue({ schedule: '0 3 * * *', timeZone: 'UTC' }, span)).toBe(1);
  });

  it('are unknown when the zone is', () => {
    const span = { after: new Date('2026-03-28T12:00:00Z'), until: new Date('2026-03-30T01:30:00Z') };
    expect(runsDue({ schedule: '0 3 * * *', timeZone: 'Nowhere/Land' }, span)).toBeUndefined();
  });
});
