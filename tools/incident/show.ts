import { z } from 'zod';
import { incidentError } from '../../src/incident/errors.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import type { Answer, ToolContext } from '../../src/kit/index.ts';
import { toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import type { IncidentPorts } from './port.ts';
import { evidenceAnswer, payloadAnswer } from './show-evidence.ts';
import { listAnswer } from './show-list.ts';
import { actionsAnswer, eventsAnswer, findingsAnswer, historyAnswer, triageAnswer } from './show-parts.ts';
import { reportAnswer } from './show-report.ts';
import { summaryAnswer } from './show-summary.ts';
import { timelineAnswer } from './show-timeline.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const parts = [
  'summary',
  'timeline',
  'evidence',
  'findings',
  'triage',
  'history',
  'report',
  'actions',
  'events',
] as const;

const input = z.strictObject({
  incident: fields.incident.optional().describe('inc_…; without: lists'),
  part: z.enum(parts).optional().describe('summary unless said'),
  evidence: fields.evidenceIds.optional().describe('ev_… whose payload is read'),
  text: fields.line.optional().describe('of the list: service, namespace, title'),
  since: fields.moment.optional().describe('of the list: 7d'),
  limit: fields.limit.describe('rows, 100 unless said'),
  cursor: fields.cursor,
  budget: fields.budget,
});
export type Asked = z.output<typeof input>;
export type Showing = ToolContext<IncidentPorts>;

export const show = defineTool({
  name: 'incident_show',
  title: 'Show incidents',
  description:
    'Lists incidents; of one: where it stands and what is missing next, the compiled timeline, evidence with payloads, findings, triage, history, report, actions, events. Read it first when you take over.',
  effect: 'read',
  input,
  async run(asked, context) {
    const { incident: id, part, evidence } = asked;
    if (id === undefined) {
      const stray = [...(part === undefined ? [] : ['part']), ...(evidence === undefined ? [] : ['evidence'])];
      if (stray.length > 0) throw invalid(`${stray.join(', ')} is of one incident`, 'give incident=inc_…');
      return listAnswer(asked, context);
    }
    if (evidence !== undefined && part !== undefined && part !== 'evidence') {
      throw invalid('evidence is a part of its own', 'leave out part=, or evidence=');
    }
    const dossier = await context.ports.record.dossier(id);
    if (evidence !== undefined) return payloadAnswer(evidence, dossier, context);
    return shown[part ?? 'summary'](dossier, asked, context);
  },
});

const shown: Readonly<
  Record<(typeof parts)[number], (dossier: Dossier, asked: Asked, context: Showing) => Answer | Promise<Answer>>
> = {
  summary: summaryAnswer,
  timeline: timelineAnswer,
  evidence: evidenceAnswer,
  findings: findingsAnswer,
  triage: triageAnswer,
  history: historyAnswer,
  report: reportAnswer,
  actions: actionsAnswer,
  events: eventsAnswer,
};

function invalid(message: string, next: string): Error {
  return incidentError('incident-argument-invalid', { message, next });
}
