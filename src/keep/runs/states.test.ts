import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunState, runStates } from '../../change/wire/run.ts';
import { isOpen, mayFollow, openStates } from './states.ts';

describe('the life of a run', () => {
  it.each([
    ['queued', 'fetching withdrawn interrupted'],
    ['fetching', 'judging failed withdrawn interrupted'],
    ['judging', 'planning needs-consent no-changes denied failed withdrawn interrupted'],
    ['planning', 'planned no-changes denied failed withdrawn interrupted'],
    ['needs-consent', 'planning withdrawn interrupted'],
    ['planned', ''],
    ['no-changes', ''],
    ['denied', ''],
    ['failed', ''],
    ['withdrawn', ''],
    ['interrupted', ''],
  ] as const)('goes from %s to: %s', (from, allowed) => {
    expect(runStates.filter((to) => mayFollow(from, to)).toSorted()).toEqual(
      allowed
        .split(' ')
        .filter((word) => word !== '')
        .toSorted(),
    );
  });

  it('is open exactly until it has ended', () => {
    expect(runStates.filter(isOpen).toSorted()).toEqual([...openStates].toSorted());
  });

  it('never leaves an end, never plans what was not judged, and always comes to one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...runStates), { maxLength: 40 }), (wished) => {
        const passed: RunState[] = ['queued'];
        for (const to of wished) {
          const at = passed.at(-1) ?? 'queued';
          if (mayFollow(at, to)) passed.push(to);
        }
        const firstEnd = passed.findIndex((state) => !isOpen(state));
        expect(firstEnd === -1 || firstEnd === passed.length - 1).toBe(true);
        if (passed.includes('planning')) expect(passed.indexOf('judging')).toBeLessThan(passed.indexOf('planning'));
        if (passed.includes('planned')) expect(passed).toContain('planning');
        expect(new Set(passed).size).toBe(passed.length);
      }),
    );
  });
});
