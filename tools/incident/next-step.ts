import type { Dossier } from '../../src/incident/record/port.ts';
import { callText, plainName } from './words.ts';

const over = ['dismissed', 'merged'];

/** What is missing next, as the exact call. */
export function nextStep(dossier: Dossier, recurrenceThreshold: number): string {
  const { incident, triage, evidence, findings, candidates, historyAt, reports } = dossier;
  const { id, status } = incident;
  if (status === 'merged' && incident.mergedInto !== undefined)
    return callText('incident_show', { incident: incident.mergedInto });
  if (over.includes(status)) return 'nothing: it takes nothing more';
  if (triage === undefined) return callText('sev_triage', { incident: id });
  if (evidence.every(({ source }) => source === 'triage')) {
    return callText('incident_gather', { incident: id, source: 'events' });
  }
  if (!findings.some((finding) => finding.status === 'supported')) {
    return `a finding that is supported: ${callText('incident_record', { incident: id, kind: 'finding', text: '<hypothesis>', status: 'supported', evidence: '<ev_…>' })}`;
  }
  if (historyAt === undefined) return callText('sev_history', { incident: id });
  const undecided = candidates.find(({ verdict, score }) => verdict === undefined && score >= recurrenceThreshold);
  if (undecided !== undefined) {
    return `a verdict: ${callText('incident_record', { incident: id, kind: 'verdict', target: plainName(undecided.document), status: 'accepted', text: '<why, or rejected and why>' })}`;
  }
  if (incident.mitigatedAt === undefined && incident.resolvedAt === undefined) {
    return `when it was mitigated: ${callText('incident_record', { incident: id, kind: 'milestone', target: 'mitigated', at: '<10m or RFC 3339>' })}`;
  }
  const newest = reports.at(-1);
  if (newest === undefined) return callText('post_mortem_draft', { incident: id });
  if (newest.final) return `the actions: ${callText('action_list', { incident: id })}`;
  const errors = newest.problems.filter(({ severity }) => severity === 'error').length;
  return errors > 0
    ? `${errors} errors of the draft: ${callText('incident_show', { incident: id, part: 'report' })}`
    : callText('post_mortem_publish', { incident: id });
}
