import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IncidentStatus, incidentStatuses } from '../incident.ts';
import { asked, isClosed, isOver, reached, wayTo } from './status.ts';

const anyStatus = fc.constantFrom(...incidentStatuses);
/** By this order nothing is taken back; the two that close stand apart. */
const order = (status: IncidentStatus): number => incidentStatuses.indexOf(status);

describe('how an incident moves', () => {
  it('never goes back, whatever happens in whatever order', () => {
    const step = fc.record({ how: fc.constantFrom('reached', 'asked'), status: anyStatus });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let now: IncidentStatus = 'open';
        for (const { how, status } of steps) {
          const next: IncidentStatus = how === 'reached' ? reached(now, status) : (asked(now, status) ?? now);
          if (isClosed(now)) expect(next).toBe(now);
          else if (isClosed(next)) expect(isOver(now)).toBe(false);
          else expect(order(next)).toBeGreaterThanOrEqual(order(now));
          if (next === 'amended') expect(isOver(now)).toBe(true);
          now = next;
        }
      }),
    );
  });

  it('is asked only for what no record can tell', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, (from, status) => {
        const next = asked(from, status);
        if (next === undefined || next === from) return;
        expect(['investigating', 'mitigated', 'dismissed', 'merged']).toContain(next);
        expect(next).toBe(status);
      }),
    );
    for (const status of ['triaged', 'reviewed', 'drafted', 'validated', 'final', 'amended'] as const) {
      expect(asked('open', status)).toBeUndefined();
      expect(wayTo(status)).not.toBe('');
    }
    expect(asked('reviewed', 'mitigated')).toBe('reviewed');
    expect(asked('final', 'dismissed')).toBeUndefined();
    expect(asked('amended', 'merged')).toBeUndefined();
    expect(asked('merged', 'dismissed')).toBeUndefined();
    expect(asked('dismissed', 'mitigated')).toBeUndefined();
  });

  it('is final once, and amended by what is final after that', () => {
    expect(reached('open', 'final')).toBe('final');
    expect(reached('validated', 'drafted')).toBe('validated');
    expect(reached('final', 'final')).toBe('amended');
    expect(reached('amended', 'final')).toBe('amended');
    expect(reached('final', 'investigating')).toBe('final');
    expect(reached('amended', 'validated')).toBe('amended');
  });
});
