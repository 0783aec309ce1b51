import { severityOf } from '../front-matter.ts';
import { type ReportRule, warning } from '../rule.ts';

export const severityIsNotPlayedDown: ReportRule = {
  id: 'V18',
  title: 'The severity is not lower than what triage found.',
  severities: ['warning'],
  applies: ({ dossier, narrative }) =>
    narrative.severityOverride !== undefined || dossier.incident.override !== undefined,
  *check(input) {
    const found = order.indexOf(input.dossier.triage?.severity ?? 'unknown');
    const declared = order.indexOf(severityOf(input.dossier, input.narrative));
    if (found >= 0 && declared > found)
      yield warning(
        'severityOverride.severity',
        `triage found ${order[found]}`,
        'have somebody else look at it before it is published',
      );
  },
};

/** Worst first. */
const order: readonly string[] = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'none'];
