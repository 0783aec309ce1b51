import { z } from 'zod';
import { incidentError } from '../../src/incident/errors.ts';
import { findingStatuses } from '../../src/incident/finding.ts';
import { text, toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import type { IncidentPorts } from './port.ts';
import { type Entry, entries, entryKinds } from './record-entries.ts';
import { writeOf } from './write.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const statuses: readonly string[] = [...findingStatuses, 'accepted', 'rejected'];

const input = z.strictObject({
  incident: fields.incident,
  kind: z.enum(entryKinds).describe('what'),
  text: fields.words.optional().describe('words'),
  target: fields.line.optional().describe('fi_…, row, mitigated, candidate, SEV1'),
  status: z
    .string()
    .refine((word) => statuses.includes(word), `takes ${statuses.join(', ')}`)
    .optional()
    .describe('supported, refuted, open; accepted, rejected'),
  confidence: z
    .number()
    .refine((number) => number >= 0 && number <= 1, 'takes 0 to 1')
    .optional()
    .describe('0 to 1'),
  evidence: fields.evidenceIds.optional().describe('ev_…,ev_…'),
  checks: fields.words.optional().describe('next, by ;'),
  at: fields.moment.optional().describe('10m, RFC 3339'),
  key: fields.key,
  budget: fields.budget,
});

/** What each kind takes beside the incident: what stands beside that is refused, so that nothing is believed to be kept that is not. */
const takes: Readonly<Record<Entry['kind'], readonly string[]>> = {
  finding: ['text', 'target', 'status', 'confidence', 'evidence', 'checks'],
  note: ['text', 'at'],
  annotate: ['text', 'target'],
  exclude: ['text', 'target'],
  milestone: ['target', 'at', 'text'],
  verdict: ['text', 'target', 'status'],
  override: ['text', 'target'],
  dismiss: ['text'],
};
const always = ['incident', 'kind', 'key', 'budget'];

export const record = defineTool({
  name: 'incident_record',
  title: 'Record findings',
  description:
    'Adds a finding that cites evidence, a note (reported, not observed), a milestone, a verdict on a candidate, a mark on a timeline row, another severity.',
  effect: 'record',
  input,
  async run(asked, { ports, principal, now }) {
    const stray = Object.keys(asked).filter((name) => !always.includes(name) && !takes[asked.kind].includes(name));
    if (stray.length > 0) {
      throw incidentError('incident-argument-invalid', {
        message: `a ${asked.kind} takes no ${stray.join(', ')}`,
        next: `give ${takes[asked.kind].join(', ')}`,
      });
    }
    const { redact } = ports;
    const words = asked.text === undefined ? undefined : redact(asked.text.trim());
    const checks = (asked.checks ?? '')
      .split(';')
      .map((one) => redact(one.trim()))
      .filter((one) => one !== '');
    const done = await entries[asked.kind](
      { ...asked, text: words, checks },
      ports.record,
      writeOf('incident_record', asked, principal, now()),
    );
    const incident = await ports.record.get(asked.incident);
    return text({
      asOf: now(),
      coverage: { covered: `${incident.id}, version ${incident.version}, ${incident.status}` },
      headline: done.headline,
      blocks: [],
      notes: [
        ...(words !== undefined && words !== asked.text?.trim()
          ? ['what looked like a secret was masked before it was stored']
          : []),
        ...(done.next === undefined ? [] : [`next: ${done.next}`]),
      ],
    });
  },
});
