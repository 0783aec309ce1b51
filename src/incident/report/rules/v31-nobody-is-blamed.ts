import { sentencesOf } from '../claims.ts';
import { type ReportRule, shown, warning } from '../rule.ts';

export const nobodyIsBlamed: ReportRule = {
  id: 'V31',
  title: 'No sentence blames anybody.',
  severities: ['warning'],
  *check(input) {
    for (const { path, text } of sentencesOf(input.narrative)) {
      const found = blaming.exec(text)?.[0];
      if (found !== undefined)
        yield warning(path, `“${shown(found)}” blames`, 'say what made it possible, and what was known then');
    }
  },
};

const blaming =
  /\b(?:careless(?:ly|ness)?|negligen(?:t|ce)|stupid(?:ly|ity)?|incompeten(?:t|ce)|sloppy|sloppiness|lazy|laziness|idiot(?:ic)?|dumb|reckless(?:ly)?|blam(?:e|es|ed|ing)|guilty|human error|operator error|user error|at fault|(?:his|her|their|my|your|\w+.s) (?:fault|mistake)|should(?:n.t| not)? have (?:known|noticed|checked|tested|been more|seen)|(?:forgot|failed|neglected|did not bother|didn.t bother) to (?:check|test|notice|look|read|tell|update|think)|not pay(?:ing)? attention)\b/i;
