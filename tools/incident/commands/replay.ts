import { z } from 'zod';
import { incidentError } from '../../../src/incident/errors.ts';
import { triageShape } from '../../../src/incident/record/triage-table.ts';
import type { Triage } from '../../../src/incident/triage/port.ts';
import { commandsFor, type JsonObject } from '../../../src/kit/index.ts';
import { fields } from '../fields.ts';
import type { IncidentPorts } from '../port.ts';
import { jsonOf } from './json-of.ts';

const { defineCommand } = commandsFor<IncidentPorts>();

export const replay = defineCommand({
  name: 'incident.replay',
  effect: 'read',
  input: z.strictObject({
    incident: fields.incident.optional().describe('whose newest snapshot is judged again'),
    snapshot: z.string().max(4_194_304).optional().describe('or one as JSON text'),
    before: z.record(z.string(), z.json()).optional().describe('what that one was judged to be, as `export` tells it'),
  }),
  /** `judgement` by the rubric of today; `before`: what was judged then, null where it was not; `differences` between them. Nothing is stored. */
  async run({ incident, snapshot, before: told }, { ports }): Promise<JsonObject> {
    if ((incident === undefined) === (snapshot === undefined)) {
      throw incidentError('incident-argument-invalid', {
        message: 'either an incident or a snapshot is judged',
        next: 'give one of incident and snapshot',
      });
    }
    if (snapshot !== undefined) {
      const before = told === undefined ? undefined : judgedThen(told);
      const { judgement, differences } = ports.triager.replay(snapshot, before);
      return {
        judgement: jsonOf(judgement),
        before: before === undefined ? null : jsonOf(before),
        differences: [...differences],
      };
    }
    const dossier = await ports.record.dossier(incident ?? '');
    const newest = dossier.evidence.findLast(({ source, status }) => source === 'triage' && status === 'ok');
    const payload = newest === undefined ? undefined : (await ports.record.payloads([newest.id])).texts.get(newest.id);
    if (newest === undefined || payload === undefined) {
      throw incidentError('incident-snapshot-missing', {
        message: 'there is no snapshot that could be judged again',
        next: 'run sev_triage first; `incident verify` says whether bytes were changed',
      });
    }
    const before = dossier.triage?.snapshot === newest.id ? dossier.triage : undefined;
    const { judgement, differences } = ports.triager.replay(payload, before);
    return {
      judgement: jsonOf(judgement),
      before: before === undefined ? null : jsonOf(before),
      differences: [...differences],
    };
  },
});

function judgedThen(told: JsonObject): Triage {
  const { data } = triageShape.safeParse(told);
  if (data !== undefined) return data;
  throw incidentError('incident-argument-invalid', {
    message: '`before` is no judgement of a triage',
    next: 'give it as incident.export told it, or leave it out',
  });
}
