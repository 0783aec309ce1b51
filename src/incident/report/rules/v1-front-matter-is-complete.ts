import { error, type ReportRule } from '../rule.ts';

export const frontMatterIsComplete: ReportRule = {
  id: 'V1',
  title: 'The front matter is complete, and its status agrees with the times of the record.',
  severities: ['error'],
  *check(input, page) {
    const { dossier, narrative } = input;
    const { startedAt, mitigatedAt, resolvedAt } = dossier.incident;
    if (page.frontMatter === undefined) {
      yield error('front matter', 'the front matter cannot be read', 'render the report anew');
      return;
    }
    for (const key of required) {
      const value = page.frontMatter[key];
      if (value === undefined || value === '' || (Array.isArray(value) && value.some((one) => one === '')))
        yield error(`front matter.${key}`, `${key} is missing or empty`, `give ${key}`);
    }
    if (startedAt === undefined)
      yield error('incident.startedAt', 'the record does not say when it began', milestone('started'));
    if (narrative.services.length + narrative.namespaces.length === 0)
      yield error('services', 'neither a service nor a namespace is named', 'name what was affected');
    if (
      dossier.triage !== undefined &&
      dossier.triage.rules.length === 0 &&
      !['none', 'unknown'].includes(dossier.triage.severity)
    )
      yield error('front matter.severity_rules', 'a severity without a rule that fired', 'run sev_triage again');
    if (narrative.status === 'resolved' && resolvedAt === undefined)
      yield error(
        'status',
        'the record does not say when it was resolved',
        `${milestone('resolved')}, or write the status as it is`,
      );
    if (narrative.status !== 'ongoing' && mitigatedAt === undefined && resolvedAt === undefined)
      yield error(
        'status',
        'the record does not say when it was mitigated',
        `${milestone('mitigated')}, or write "ongoing"`,
      );
    if (narrative.status === 'ongoing' && (mitigatedAt !== undefined || resolvedAt !== undefined))
      yield error('status', 'the record says it was mitigated or resolved', 'write the status as it is');
    if (narrative.status === 'mitigated' && resolvedAt !== undefined)
      yield error('status', 'the record says it was resolved', 'write `resolved`');
    const double = narrative.authors.find((author, index) => narrative.authors.indexOf(author) !== index);
    if (double !== undefined || narrative.authors.some((author) => author.trim() === ''))
      yield error('authors', 'an author is empty or named twice', 'name everybody once');
  },
};

/** What puts a time into the record. */
function milestone(target: 'started' | 'mitigated' | 'resolved'): string {
  return `say when: incident_record kind=milestone target=${target} at=…`;
}

const required = [
  'incident_id',
  'title',
  'severity',
  'severity_rules',
  'started_at',
  'detected_at',
  'mitigated_at',
  'resolved_at',
  'status',
  'services',
  'namespaces',
  'authors',
] as const;
