import { reportRules } from './rules.ts';

/** What the validator holds a report to, for the docs. */
export interface RuleRow {
  readonly id: string;
  readonly title: string;
  /** `error`, `warning`, or both. */
  readonly severity: string;
}

export const rulesTable: readonly RuleRow[] = reportRules.map(({ id, title, severities }) => ({
  id,
  title,
  severity: severities.join(', '),
}));
