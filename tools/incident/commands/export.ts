import { z } from 'zod';
import { triageShape } from '../../../src/incident/record/triage-table.ts';
import type { Triage } from '../../../src/incident/triage/port.ts';
import { commandsFor, type JsonObject } from '../../../src/kit/index.ts';
import { fields } from '../fields.ts';
import type { IncidentPorts } from '../port.ts';
import { jsonOf } from './json-of.ts';

const { defineCommand } = commandsFor<IncidentPorts>();

const mostPayloads = 20;

/** As it is kept, so that `replay` can hold today's judgement against it. */
const keptTriage = (triage: Triage | undefined) => (triage === undefined ? null : z.encode(triageShape, triage));

export const exportIncident = defineCommand({
  name: 'incident.export',
  effect: 'read',
  input: z.strictObject({
    incident: fields.incident,
    after: z.int().min(0).default(0).describe('`next` of the part before'),
  }),
  /** The dossier with the first part; `payloads` by evidence id, `tampered` those that do not match their hash; `next`: null where that was all. */
  async run({ incident, after }, { ports }): Promise<JsonObject> {
    const dossier = await ports.record.dossier(incident);
    const ids = dossier.evidence.slice(after, after + mostPayloads).map(({ id }) => id);
    const { texts, tampered } = await ports.record.payloads(ids);
    const next = after + mostPayloads;
    return {
      dossier: after === 0 ? { ...jsonOf(dossier), triage: keptTriage(dossier.triage) } : null,
      payloads: Object.fromEntries(texts),
      tampered: [...tampered],
      next: next < dossier.evidence.length ? next : null,
    };
  },
});
