import { claimsOf } from '../claims.ts';
import { error, type ReportRule } from '../rule.ts';

export const absenceIsAnAnswer: ReportRule = {
  id: 'V14',
  title:
    'That something was not there cites a source that was asked and had nothing; what could not be asked is named.',
  severities: ['error'],
  *check(input, page) {
    const byId = new Map(input.dossier.evidence.map((evidence) => [evidence.id, evidence]));
    for (const { path, claim } of claimsOf(input.narrative)) {
      const cited = claim.evidence.flatMap((id) => byId.get(id) ?? []);
      const statuses = cited.map(({ status }) => status);
      if (claim.absence === true && claim.reported !== true && !statuses.includes('empty'))
        yield error(
          `${path}.evidence`,
          'an absence is claimed, and no cited source answered that there is nothing',
          'gather it, and cite the answer that is empty',
        );
      if (claim.absence !== true && claim.reported !== true && absent.test(claim.text) && !statuses.includes('empty'))
        yield error(
          `${path}.text`,
          'the claim says that something was not there',
          'set `absence: true` and cite the answer that is empty',
        );
      if (cited.length > 0 && statuses.every((status) => status === 'error'))
        yield error(
          `${path}.evidence`,
          'what could not be asked says nothing',
          'gather it again, or leave the claim out',
        );
    }
    const coverage = page.sections.get('Coverage') ?? '';
    for (const { id, status } of input.dossier.evidence)
      if (status === 'error' && !coverage.includes(id))
        yield error('Coverage', `${id} failed and is not named`, 'render the report anew');
    if (input.dossier.triage === undefined)
      yield error('triage', 'triage did not run: nobody knows what was not looked at', 'run sev_triage');
  },
};

const absent =
  /\b(?:no|zero|not a single|none of the)\s+(?:\w+\s+){0,2}(?:alerts?|errors?|events?|warnings?|logs?|log lines?|changes?|commits?|deployments?|restarts?|samples?|requests?|traffic)\b|\bnothing\s+(?:was|were|had|has|fired|changed|logged|failed)\b|\b(?:never|did not|didn.t)\s+(?:fire|alert|page)\b|\bwithout (?:a single|any) (?:alert|error|warning|event|restart)\b/i;
