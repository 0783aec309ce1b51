import { readPage } from './page.ts';
import type { Problem, ReportInput, Validation } from './port.ts';
import { renderReport } from './render.ts';
import type { ReportRule } from './rule.ts';
import { reportRules } from './rules.ts';

/** Holds a report against its record. Pure, and never throws on a narrative that was parsed; `rules` is for tests. */
export function validate(input: ReportInput, rules: readonly ReportRule[] = reportRules): Validation {
  const page = readPage(renderReport(input));
  const looked = rules.map((rule) => ({
    applies: rule.applies?.(input) ?? true,
    problems: [...rule.check(input, page)].map((breach): Problem => ({ rule: rule.id, ...breach })),
  }));
  const problems = looked.flatMap((one) => one.problems);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const counted = looked.filter(({ applies, problems: own }) => applies || own.length > 0);
  const held = counted.filter(({ problems: own }) => own.length === 0);
  return {
    valid: errors.length === 0,
    errors,
    warnings: problems.filter(({ severity }) => severity === 'warning'),
    score: counted.length === 0 ? 1 : held.length / counted.length,
  };
}
