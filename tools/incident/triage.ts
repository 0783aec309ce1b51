import { z } from 'zod';
import { agoText } from '../../src/cluster/index.ts';
import type { EvidenceDraft } from '../../src/incident/evidence.ts';
import type { Dossier, Write } from '../../src/incident/record/port.ts';
import type { Triage } from '../../src/incident/triage/port.ts';
import { text, toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import { wordsOf } from './given.ts';
import { isMoment, spanMs } from './moment.ts';
import { actorOf, type IncidentPorts } from './port.ts';
import { knownBlocks, knownTo } from './triage-known.ts';
import { surroundingBlocks, triageBlocks, triageHeadline, unreadOf } from './triage-words.ts';
import { callText } from './words.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  incident: fields.incident,
  max_age: z
    .string()
    .refine((age) => age === '0s' || (isMoment(age) && /[smhd]$/.test(age)), 'takes an age like 5m; 0s looks anew')
    .optional()
    .describe('of a look that may be judged again, 5m unless said'),
  namespaces: fields.namespaces.optional().describe("beside the incident's own"),
  budget: fields.budget,
});

const usualAgeMs = 5 * 60_000;

export const triage = defineTool({
  name: 'sev_triage',
  title: 'Triage an incident',
  description:
    'Looks at everything once, keeps it as evidence and judges it by one coded rubric: severity with every rule and what would raise it, episodes, ranked suspects, changes, open actions and known issues that match, whom to ask. Second step, after incident_open.',
  effect: 'record',
  input,
  async run(asked, { ports, principal, signal, now, progress }) {
    const { record } = ports;
    const by = actorOf(principal);
    const done = await record.holding(asked.incident, 'triage', by, async () => {
      const dossier = await record.dossier(asked.incident);
      const write: Write = { by, now: now() };
      const snapshot = (await youngEnough(dossier, asked, ports, now())) ?? {
        ...(await taken(dossier, asked, ports, { write, signal, progress })),
        isOld: false,
      };
      const judged = ports.triager.judge(snapshot.payload, { evidence: snapshot.id, at: snapshot.at });
      // Judged from the same bytes it is the same: an agent that asks again changes nothing.
      if (dossier.triage?.snapshot !== snapshot.id) await record.putTriage(asked.incident, judged, write);
      return { judged, snapshot, incident: dossier.incident };
    });
    const dossier = await record.dossier(asked.incident);
    const known = await knownTo(done.judged, dossier, ports, { signal, now: now() });
    return text({
      asOf: done.snapshot.at,
      coverage: {
        covered: `the cluster, what watches it, and what changed, for ${dossier.incident.id}`,
        missing: [...unreadOf(done.judged), ...known.missing],
      },
      headline: triageHeadline(done.judged, dossier.incident),
      blocks: [...triageBlocks(done.judged, now()), ...knownBlocks(known), ...surroundingBlocks(done.judged)],
      notes: [
        `snapshot: ${done.snapshot.id}${done.snapshot.isOld ? `, looked at ${agoText(done.snapshot.at, now())} and judged again; max_age=0s looks anew` : ''}`,
        `next: ${nextOf(done.judged, dossier)}`,
      ],
      narrow: 'budget= up to 24000 shows all',
    });
  },
});

type Asked = z.output<typeof input>;

interface Looked {
  readonly id: string;
  readonly at: Date;
  readonly payload: string;
  readonly isOld: boolean;
}

/** A look that was kept before whoever looked was killed, or by whoever asked a moment ago. */
async function youngEnough(
  dossier: Dossier,
  asked: Asked,
  { record }: IncidentPorts,
  now: Date,
): Promise<Looked | undefined> {
  const most = asked.max_age === undefined ? usualAgeMs : asked.max_age === '0s' ? -1 : spanMs(asked.max_age);
  const wanted = wordsOf(asked.namespaces);
  const found = dossier.evidence
    .filter(
      ({ source, status, collectedAt }) =>
        source === 'triage' && status === 'ok' && now.getTime() - collectedAt.getTime() <= most,
    )
    .filter(({ params }) =>
      wanted.every((one) => Array.isArray(params['namespaces']) && params['namespaces'].includes(one)),
    )
    .sort((a, b) => b.collectedAt.getTime() - a.collectedAt.getTime())[0];
  if (found === undefined) return undefined;
  const payload = (await record.payloads([found.id])).texts.get(found.id);
  return payload === undefined ? undefined : { id: found.id, at: found.collectedAt, payload, isOld: true };
}

interface Way {
  readonly write: Write;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

async function taken(
  { incident }: Dossier,
  asked: Asked,
  { record, triager }: IncidentPorts,
  { write, signal, progress }: Way,
): Promise<Omit<Looked, 'isOld'>> {
  const namespaces = [...new Set([...incident.namespaces, ...wordsOf(asked.namespaces)])];
  progress('looking at everything');
  const draft: EvidenceDraft = await triager.take(incident, namespaces, { signal, now: write.now });
  progress('keeping what was seen');
  const [kept] = await record.addEvidence(incident.id, [{ ...draft, params: { ...draft.params, namespaces } }], write);
  if (kept === undefined) throw new Error('the record kept no evidence and said nothing of it');
  return { id: kept.id, at: kept.collectedAt, payload: draft.payload };
}

function nextOf({ specialists }: Triage, { incident, findings }: Dossier): string {
  if (findings.length > 0) return callText('sev_history', { incident: incident.id });
  const whom = specialists.slice(0, 4).map(({ agent }) => agent);
  return `${callText('incident_gather', { incident: incident.id, source: 'events' })}${whom.length === 0 ? '' : `; or have ${whom.join(', ')} look, each recording findings under this id`}`;
}
