import { describe, expect, it } from 'vitest';
import type { Risk } from './assess.ts';
import type { Case, Cases } from './cases.fixture.ts';
import { dangerousCases } from './dangerous-cases.fixture.ts';
import { otherCases } from './other-cases.fixture.ts';
import { planOf, riskOf, shippedRules } from './plan.fixture.ts';

const cases: Cases = { ...dangerousCases, ...otherCases };
const judged = (one: Case): Risk => ('level' in one ? one : riskOf(planOf(one)));

describe('the rules of reference/risk.yaml', () => {
  it('have a case each', () => {
    expect(Object.keys(cases).sort()).toEqual(shippedRules.rules.map(({ id }) => id).sort());
  });

  describe.each(shippedRules.rules)('$id', ({ id, level }) => {
    const { hits = [], misses = [] } = cases[id] ?? {};
    it.each(hits.map((one) => ({ one })))('sees it (%#)', ({ one }) => {
      const { reasons } = judged(one);
      expect(reasons.find(({ rule }) => rule === id)?.level, JSON.stringify(reasons)).toBe(level);
    });
    it.each(misses.map((one) => ({ one })))('leaves alone what is not it (%#)', ({ one }) => {
      expect(judged(one).reasons.map(({ rule }) => rule)).not.toContain(id);
    });
  });
});
