import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ActionStatus, actionStatuses } from '../action.ts';
import { recordedAfter, statusAfter } from './progress.ts';
import { action, now } from './verify.fixture.ts';

const results = ['pass', 'fail', 'unknown'] as const;
const looks = fc.array(fc.constantFrom(...results), { maxLength: 30 });
const statuses = fc.constantFrom(...actionStatuses);

const dayMs = 86_400_000;
const seen = (result: (typeof results)[number], days = 0) => ({
  result,
  at: new Date(now.getTime() + days * dayMs),
  detail: 'seen',
});

describe('what looks do to an action', () => {
  it.each([
    ['open', 'pass', 'landed'],
    ['in-progress', 'pass', 'landed'],
    ['regressed', 'pass', 'landed'],
    ['landed', 'fail', 'regressed'],
    ['open', 'fail', 'open'],
    ['in-progress', 'fail', 'in-progress'],
    ['regressed', 'fail', 'regressed'],
    ['dropped', 'pass', 'dropped'],
    ['dropped', 'fail', 'dropped'],
  ] as const)('%s, %s: %s', (status, result, expected) => {
    expect(statusAfter(status, result)).toBe(expected);
  });

  it('unknown changes nothing, ever: with it and without it a history ends the same', () => {
    fc.assert(
      fc.property(statuses, looks, (start, history) => {
        const run = (some: readonly (typeof results)[number][]) => some.reduce<ActionStatus>(statusAfter, start);
        expect(run(history)).toBe(run(history.filter((result) => result !== 'unknown')));
      }),
    );
  });

  it('only what had landed regresses, and only by a look that failed', () => {
    fc.assert(
      fc.property(statuses, looks, (start, history) => {
        let status: ActionStatus = start;
        for (const result of history) {
          const next = statusAfter(status, result);
          if (next === 'regressed' && status !== 'regressed') expect([status, result]).toEqual(['landed', 'fail']);
          if (next === 'landed' && status !== 'landed') expect(result).toBe('pass');
          if (start === 'dropped') expect(next).toBe('dropped');
          expect(statusAfter(next, result)).toBe(next);
          status = next;
        }
      }),
    );
  });
});

describe('what is recorded of a look', () => {
  it('is what is new', () => {
    const open = action(undefined);
    expect(recordedAfter(open, seen('fail'))).toEqual({ verified: seen('fail') });
    expect(recordedAfter(open, seen('pass'))).toEqual({ status: 'landed', verified: seen('pass') });
    const landed = { ...open, status: 'landed' as const, verified: seen('pass') };
    expect(recordedAfter(landed, seen('pass', 1))).toBeUndefined();
    expect(recordedAfter(landed, seen('unknown', 1))).toEqual({ verified: seen('unknown', 1) });
    expect(recordedAfter(landed, seen('fail', 1))).toEqual({ status: 'regressed', verified: seen('fail', 1) });
    expect(recordedAfter(landed, seen('pass', 7))).toEqual({ verified: seen('pass', 7) });
  });
});
