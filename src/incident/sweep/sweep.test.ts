import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sightOf } from './check.fixture.ts';
import { type Check, sweepStatuses } from './port.ts';
import { exitCodes, sweep, worstOf } from './sweep.ts';

const check = (id: string, more: Partial<Check> = {}): Check => ({
  id,
  title: id,
  needs: ['record'],
  look: () => ({ status: 'pass', detail: 'well', items: [] }),
  ...more,
});
const record = { open: [], actions: [], broken: [] };

describe('a sweep', () => {
  it('is as bad as its worst check, and unknown is worse than a warning', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...sweepStatuses), { minLength: 1 }), (statuses) => {
        const worst = worstOf(statuses);
        expect(statuses).toContain(worst);
        for (const status of statuses) {
          expect(sweepStatuses.indexOf(worst)).toBeLessThanOrEqual(sweepStatuses.indexOf(status));
        }
      }),
    );
    expect(worstOf(['pass', 'warn', 'unknown'])).toBe('unknown');
    expect(new Set(Object.values(exitCodes)).size).toBe(sweepStatuses.length);
    expect(exitCodes.pass).toBe(0);
  });

  it('of nothing is unknown', () => {
    expect(sweep(sightOf({}), { checks: [], without: [] }).worst).toBe('unknown');
  });

  it('goes on when a check breaks, and does not call it well', () => {
    const broken = check('broken', {
      look: () => {
        throw new Error('a label nobody expected');
      },
    });
    const swept = sweep(sightOf({ record }), { checks: [check('well'), broken], without: [] });
    expect(swept.checks.map(({ id, status }) => [id, status])).toEqual([
      ['broken', 'unknown'],
      ['well', 'pass'],
    ]);
    expect(JSON.stringify(swept)).not.toContain('a label nobody expected');
  });

  it('does not look where a source failed, however well the check would be', () => {
    const failed = new Map([['record', 'store-unavailable'] as const]);
    const { checks } = sweep(sightOf({ record, failed }), { checks: [check('well')], without: [] });
    expect(checks).toMatchObject([{ status: 'unknown', detail: 'record: store-unavailable' }]);
  });

  it('leaves out what it is told to, and says so', () => {
    const failed = new Map([['vault', 'not configured'] as const]);
    const checks = [check('well'), check('secrets', { needs: ['vault'] })];
    const swept = sweep(sightOf({ record, failed }), { checks, without: ['vault'] });
    expect(swept).toMatchObject({ worst: 'pass', checks: [{ id: 'well' }], failed: [], without: ['vault'] });
  });
});
