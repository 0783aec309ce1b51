import { type ReportRule, warning } from '../rule.ts';

export const othersWereRuledOut: ReportRule = {
  id: 'V16',
  title: 'More than one hypothesis was looked at.',
  severities: ['warning'],
  *check(input) {
    if (input.narrative.cause.ruledOut.length === 0)
      yield warning(
        'cause.ruledOut',
        'nothing else was ruled out',
        'say what else it could have been, and what speaks against it',
      );
  },
};
