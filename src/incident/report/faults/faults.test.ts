import { describe, expect, it } from 'vitest';
import { parseNarrative } from '../parse-narrative.ts';
import type { Problem, Validation } from '../port.ts';
import { reportInputFixture } from '../report.fixture.ts';
import { reportRules } from '../rules.ts';
import { validate } from '../validate.ts';
import { actionFaults } from './actions.fixture.ts';
import { evidenceFaults } from './evidence.fixture.ts';
import type { Fault } from './fault.fixture.ts';
import { judgementFaults } from './judgement.fixture.ts';
import { safetyFaults } from './safety.fixture.ts';
import { timeFaults } from './times.fixture.ts';

const faults = [...timeFaults, ...evidenceFaults, ...judgementFaults, ...actionFaults, ...safetyFaults];

/** As it comes in: JSON, parsed, then held against the record. */
function problemsOf(fault: Fault, rules = reportRules): readonly Problem[] {
  const input = reportInputFixture(fault.shape);
  const made = fault.make(input);
  const parsed = parseNarrative(typeof made === 'string' ? made : JSON.stringify(made.narrative));
  if ('problems' in parsed) return parsed.problems;
  const whole = { ...(typeof made === 'string' ? input : made), narrative: parsed.narrative };
  return everythingOf(validate(whole, rules));
}

function everythingOf({ errors, warnings }: Validation): readonly Problem[] {
  return [...errors, ...warnings];
}

describe('seeded faults', () => {
  const missed = faults.filter((fault) => !problemsOf(fault).some(({ rule }) => rule === fault.rule));

  it(`are caught by the rule that is to see them: ${faults.length - missed.length} of ${faults.length}`, () => {
    expect(missed.map(({ rule, what }) => `${rule}: ${what}`)).toEqual([]);
    expect(faults.length).toBeGreaterThanOrEqual(100);
  });

  it('are at least three for every rule', () => {
    const few = reportRules.filter(({ id }) => faults.filter(({ rule }) => rule === id).length < 3);
    expect(few.map(({ id }) => id)).toEqual([]);
  });

  it('each say where, and what to write instead', () => {
    for (const problem of faults.flatMap((fault) => problemsOf(fault))) {
      expect(problem.fix).not.toBe('');
      expect(problem.message).not.toBe('');
    }
  });
});

describe.each(reportRules)('without $id', (left) => {
  it('a fault slips through that nothing else sees', () => {
    const own = faults.filter(({ rule }) => rule === left.id);
    const rest = reportRules.filter((rule) => rule !== left);
    expect(own.filter((fault) => problemsOf(fault, rest).length === 0).map(({ what }) => what)).not.toEqual([]);
  });
});
