import { severityOf } from '../front-matter.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const severityIsTheEngines: ReportRule = {
  id: 'V17',
  title: 'The severity is what triage found, or says who set it otherwise and why.',
  severities: ['error'],
  *check(input, page) {
    const { dossier, narrative } = input;
    const { triage, incident } = dossier;
    const declared = severityOf(dossier, narrative);
    const override = narrative.severityOverride;
    if (triage === undefined && override === undefined && incident.override === undefined)
      yield error('severity', 'triage did not run', 'run sev_triage, or set severityOverride with a reason');
    if (declared === 'unknown')
      yield error(
        'severity',
        'the severity is unknown',
        'gather what is missing and run sev_triage again, or set severityOverride with a reason',
      );
    if (page.frontMatter !== undefined && page.frontMatter['severity'] !== declared)
      yield error('front matter.severity', 'it is not the severity that was found', 'render the report anew');
    if (override !== undefined && incident.override !== undefined && override.severity !== incident.override.severity)
      yield error(
        'severityOverride.severity',
        `the record was set to ${incident.override.severity} by ${shown(incident.override.by)}`,
        'write the same, or change the record first',
      );
    if (override !== undefined && override.reason.trim().split(/\s+/).length < 3)
      yield error('severityOverride.reason', 'the reason says nothing', 'say why the rubric is wrong here');
    if (
      override !== undefined &&
      !narrative.authors.includes(override.by) &&
      override.by !== incident.override?.by &&
      override.by !== incident.openedBy.human
    )
      yield error(
        'severityOverride.by',
        `${shown(override.by)} is no author of the report`,
        'name the one who set it, and as an author',
      );
    for (const [index, { rule }] of (triage?.rules ?? []).entries())
      if (input.rubricRules !== undefined && !input.rubricRules.includes(rule))
        yield error(`triage.rules[${index}]`, `the rubric has no rule ${shown(rule)}`, 'run sev_triage again');
  },
};
