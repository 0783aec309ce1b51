import { z } from 'zod';
import { incidentError } from '../../src/incident/errors.ts';
import { detections, type Incident } from '../../src/incident/incident.ts';
import { fingerprintOf } from '../../src/incident/record/fingerprint.ts';
import { text, toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import { wordsOf } from './given.ts';
import { momentOf } from './moment.ts';
import type { IncidentPorts } from './port.ts';
import { callText, plainName, severityText, stampText, told, windowText } from './words.ts';
import { writeOf } from './write.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  title: fields.line.describe('what is broken, for whom'),
  symptom: fields.words.describe('what was seen; errors word for word'),
  since: fields.moment.optional().describe('when it began: 3h or RFC 3339'),
  services: fields.names.optional().describe('web,mail'),
  namespaces: fields.namespaces.optional().describe('shop,mail'),
  detected_by: z.enum(detections).optional().describe('who noticed'),
  alert: fields.line.optional().describe('its fingerprint'),
  key: fields.key,
  budget: fields.budget,
});

const fingerprintForm = /^[A-Za-z0-9_.:-]{1,128}$/;
const usualMs = 2 * 3_600_000;

export const open = defineTool({
  name: 'incident_open',
  title: 'Open an incident',
  description:
    'Opens a durable record of something that is wrong, or gives the one that is open for the same thing. First step of every outage, before you investigate; then sev_triage.',
  effect: 'record',
  input,
  async run(asked, { ports, principal, now }) {
    const { redact, record } = ports;
    const { since, alert } = asked;
    if (alert !== undefined && !fingerprintForm.test(alert)) {
      throw incidentError('incident-argument-invalid', {
        message: 'alert is no fingerprint',
        next: 'give what Alertmanager calls the fingerprint of the alert, or leave it out',
      });
    }
    const at = now();
    const from = since === undefined ? new Date(at.getTime() - usualMs) : momentOf(since, at);
    if (from > at) {
      throw incidentError('incident-argument-invalid', {
        message: 'since lies in the future',
        next: 'give when it began, like 3h',
      });
    }
    const title = redact(asked.title.trim());
    const symptom = redact(asked.symptom.trim());
    const services = wordsOf(redact(asked.services ?? ''));
    const namespaces = wordsOf(asked.namespaces);
    const { incident, existing } = await record.open(
      {
        title,
        symptom,
        detectedBy: asked.detected_by ?? (alert === undefined ? 'agent' : 'alert'),
        detectedAt: at,
        window: { from, to: undefined },
        services,
        namespaces,
        change: undefined,
        fingerprint: fingerprintOf(alert === undefined ? { symptom, services, namespaces } : { alert }),
      },
      writeOf('incident_open', asked, principal, at),
    );
    const masked = [asked.title, asked.symptom].some((one) => redact(one) !== one);
    return text({
      asOf: at,
      coverage: { covered: 'the record of incidents' },
      headline: existing
        ? `ALREADY OPEN: ${incident.id} (#${incident.number}), ${incident.status}, ${severityText(incident)}; nothing new was opened`
        : `opened ${incident.id} (#${incident.number})`,
      blocks: openedBlocks(incident),
      notes: [
        `next: ${incident.severity === undefined ? callText('sev_triage', { incident: incident.id }) : callText('incident_show', { incident: incident.id })}`,
        ...(since === undefined && !existing
          ? ['the window begins two hours ago, since nothing was said: say since=']
          : []),
        ...(masked ? ['what looked like a secret was masked before it was stored'] : []),
      ],
    });
  },
});

function openedBlocks(incident: Incident) {
  const { openedAt, window, services, namespaces, version } = incident;
  const title = told(incident.title);
  return [
    `opened ${stampText(openedAt)} · window ${windowText(window)} · version ${version}`,
    ...(services.length === 0 ? [] : [`services: ${services.map(plainName).join(', ')}`]),
    ...(namespaces.length === 0 ? [] : [`namespaces: ${namespaces.map(plainName).join(', ')}`]),
    ...(typeof title === 'object' && title !== null ? [title] : []),
  ];
}
