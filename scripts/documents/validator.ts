import { rulesTable } from '../../src/incident/report/rules-table.ts';
import { page, table } from './markdown.ts';

/** docs/validator.md: what a report is held against before it can be published. */
export function validatorPage(): string {
  return page(
    '# Validator',
    `What \`post_mortem_draft\` holds a report against: ${rulesTable.length} rules, each a file in \`src/incident/report/rules\` with faults that it has to see. An error refuses the report, a warning does not. Times, durations, the timeline, severity, coverage and hashes come from the record; a narrative has no place for them.`,
    table(
      ['rule', 'what has to hold', 'breaches are'],
      rulesTable.map(({ id, title, severity }) => [id, title, severity]),
    ),
  );
}
