import { z } from 'zod';
import { severities } from '../incident.ts';
import { assertEvidence } from './evidence-table.ts';
import { absent, anyText, digestOf, idOf, instant, prove, window } from './fields.ts';
import { incidentShape } from './incident-table.ts';
import { rememberedAs } from './keys.ts';
import type { IncidentRecord } from './port.ts';
import { idPattern } from './record-id.ts';
import { reached } from './status.ts';
import { type RecordGround, write } from './writing.ts';

const text = anyText(4_000);
const texts = z.array(text).max(2_000).readonly();
const severity = z.enum(severities);
const many = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).max(2_000).readonly();

const suspect = z.object({
  object: text,
  score: z.number(),
  why: texts,
  explainedBy: absent(text),
  lastChange: absent(z.object({ at: instant, text })),
});
const suspectChange = z.object({
  at: instant,
  what: text,
  object: text,
  text,
  by: absent(text),
  score: z.number(),
  why: texts,
});
const episode = z.object({
  from: instant,
  to: instant,
  what: text,
  objects: texts,
  count: z.number(),
  shared: absent(text),
});

/** As JSON keeps it; its dates come back as dates. */
export const triageShape = z.object({
  at: instant,
  snapshot: idOf(idPattern.ev),
  rubric: text,
  severity,
  rules: many(z.object({ rule: text, severity, why: text, objects: texts })),
  wouldRaise: many(z.object({ rule: text, severity, needs: text })),
  episodes: many(episode),
  suspects: many(suspect),
  changes: many(suspectChange),
  namespaces: texts,
  domains: texts,
  nodes: z.object({ ready: z.number(), total: z.number(), notReady: texts }),
  specialists: many(z.object({ agent: text, why: text })),
  unread: many(z.object({ what: text, why: text })),
  window,
});

export function createPutTriage(ground: RecordGround): IncidentRecord['putTriage'] {
  return async (incident, triage, given) => {
    const body = prove('triage', triageShape, triage);
    return write(ground, {
      incident,
      write: given,
      input: ['putTriage', body],
      remembering: rememberedAs(incidentShape),
      work: async (transaction, { incident: before }) => {
        await assertEvidence(transaction, incident, [triage.snapshot]);
        await transaction.query(
          `insert into castellan.incident_triage (incident, body) values ($1, $2::json)
           on conflict (incident) do update set body = excluded.body`,
          [incident, body],
        );
        return {
          incident: { ...before, severity: triage.severity, status: reached(before.status, 'triaged') },
          event: {
            kind: 'triaged',
            text: `severity ${triage.severity} by rubric, ${triage.suspects.length} suspects`,
            evidence: [triage.snapshot],
            binds: { triage: digestOf(body) },
          },
          answer: (written) => written,
        };
      },
    });
  };
}
