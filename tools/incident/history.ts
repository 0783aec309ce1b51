import { z } from 'zod';
import { counted } from '../../src/cluster/index.ts';
import { incidentError } from '../../src/incident/errors.ts';
import type { HistoryAnswer } from '../../src/incident/history/port.ts';
import type { CandidateKept } from '../../src/incident/record/port.ts';
import { type Answer, text, toolsFor } from '../../src/kit/index.ts';
import { candidateBlocks, verdictText } from './candidate-blocks.ts';
import { fields } from './fields.ts';
import { actorOf, type IncidentPorts } from './port.ts';
import { callText, plainName } from './words.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  incident: fields.incident.optional().describe('inc_…; candidates are kept with it'),
  text: fields.words.optional().describe('or: a symptom, an error'),
  limit: fields.limit.describe('5 unless said'),
  budget: fields.budget,
});

export const history = defineTool({
  name: 'sev_history',
  title: 'Ask the history of incidents',
  description:
    'Was it there before? Past reports, known issues and runbooks, scored with why, the recurrence verdict, and what was promised then and whether it landed. After the findings, before the report.',
  // Candidates are kept with the incident. Who may only read finds incidents of before with incident_show text=.
  effect: 'record',
  input,
  async run(asked, { ports, principal, signal, now }): Promise<Answer> {
    const { record } = ports;
    const limit = Math.min(asked.limit ?? 5, 20);
    const { incident: id } = asked;
    if (id === undefined) {
      if (asked.text === undefined) {
        throw incidentError('incident-argument-invalid', {
          message: 'there is nothing to search for',
          next: 'give incident=inc_…, or text=',
        });
      }
      const answer = await ports.history.search({ text: ports.redact(asked.text), limit }, signal);
      return answerOf(answer, answer.candidates.map(unjudged), { now: now(), next: [], isJudged: false });
    }
    const by = actorOf(principal);
    const { answer, kept } = await record.holding(id, 'history', by, async () => {
      const dossier = await record.dossier(id);
      const { title, symptom } = dossier.incident;
      const words = [title, symptom, ...(asked.text === undefined ? [] : [ports.redact(asked.text)])].join('\n');
      const found = await ports.history.search({ text: words, dossier, limit }, signal);
      return { answer: found, kept: await record.putCandidates(id, found.candidates, { by, now: now() }) };
    });
    const open = kept.filter(({ verdict }) => verdict === undefined);
    const [first] = open;
    return answerOf(answer, kept, {
      now: now(),
      next:
        first === undefined
          ? [`next: ${callText('post_mortem_draft', { incident: id })}`]
          : [
              `next: say of each whether it is the same: ${callText('incident_record', { incident: id, kind: 'verdict', target: plainName(first.document), status: 'accepted', text: '<why, or rejected and why>' })}`,
            ],
    });
  },
});

function unjudged(candidate: HistoryAnswer['candidates'][number]): CandidateKept {
  return { ...candidate, verdict: undefined, reason: undefined };
}

function answerOf(
  { verdict, searched, missing = [] }: HistoryAnswer,
  candidates: readonly CandidateKept[],
  { now, next, isJudged = true }: { readonly now: Date; readonly next: readonly string[]; readonly isJudged?: boolean },
): Answer {
  return text({
    asOf: now,
    coverage: {
      covered: [counted(searched, 'report'), ...(missing.length === 0 ? ['known issues and runbooks'] : [])].join(', '),
      missing: [
        ...(searched === 0
          ? [{ what: 'past reports', why: 'there are none yet: nothing was imported or published' }]
          : []),
        ...missing,
      ],
    },
    headline: verdictText(verdict, candidates.length),
    blocks: candidates.flatMap((candidate, index) => candidateBlocks(candidate, index, now, isJudged)),
    notes: next,
    narrow: 'narrow with limit=',
  });
}
