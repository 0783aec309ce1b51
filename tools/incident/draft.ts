import { z } from 'zod';
import type { Dossier } from '../../src/incident/record/port.ts';
import { lastPublished } from '../../src/incident/report/front-matter.ts';
import type { Problem } from '../../src/incident/report/port.ts';
import { type Answer, text, toolsFor, Untrusted } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import { gapsOf } from './gaps.ts';
import { actorOf, type IncidentPorts } from './port.ts';
import { problemBlocks } from './problem-blocks.ts';
import { reportInput } from './report-input.ts';
import { callText } from './words.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  incident: fields.incident,
  narrative: fields.json(200_000).optional().describe('JSON, as the skeleton has it; without: gives the skeleton'),
  budget: fields.budget,
});

export const draft = defineTool({
  name: 'post_mortem_draft',
  title: 'Draft a post-mortem',
  description:
    'Without narrative: a skeleton and what the validator needs. With: holds it against the record, keeps it as the draft and tells every problem with its fix. Times, timeline, severity and history come from the record; every claim cites evidence.',
  effect: 'record',
  input,
  async run({ incident: id, narrative: written }, { ports, principal, signal, now, room }): Promise<Answer> {
    const { record, reporter } = ports;
    if (written === undefined) return skeletonAnswer(id, ports, { now: now(), room });
    const clean = ports.redact(written);
    const parsed = reporter.parse(clean);
    if ('problems' in parsed) return refusedForm(parsed.problems, now());
    const by = actorOf(principal);
    return record.holding(id, 'draft', by, async () => {
      const dossier = await record.dossier(id);
      const { input: held, missing } = await reportInput(dossier, parsed.narrative, ports, { signal, now: now() });
      const validation = reporter.validate(held);
      const supersedes = supersededBy(dossier, parsed.narrative.correction?.reason);
      const version = await record.putReport(
        id,
        {
          narrative: parsed.narrative,
          markdown: reporter.render(held),
          problems: [...validation.errors, ...validation.warnings],
          final: false,
          published: undefined,
          supersedes,
        },
        { by, now: now() },
      );
      const { errors, warnings, score, valid } = validation;
      return text({
        asOf: now(),
        coverage: { covered: `draft ${version.version} of ${id}`, missing },
        headline: valid
          ? `VALID, score ${score.toFixed(2)}, ${warnings.length} warnings: kept as draft ${version.version}`
          : `REFUSED by ${errors.length} errors, ${warnings.length} warnings, score ${score.toFixed(2)}: kept as draft ${version.version}`,
        blocks: problemBlocks([...errors, ...warnings]),
        notes: [
          ...(clean === written
            ? []
            : ['what looked like a secret was masked in it before it was looked at and stored']),
          valid
            ? `next: ${callText('post_mortem_publish', { incident: id })}`
            : 'next: mend these and call again with the whole narrative',
        ],
        narrow: 'budget= up to 24000 shows all',
      });
    });
  },
});

/** The version that a final one takes the place of. */
export function supersededBy(
  dossier: Dossier,
  reason: string | undefined,
): { readonly version: number; readonly reason: string } | undefined {
  const last = lastPublished(dossier);
  return last === undefined || reason === undefined ? undefined : { version: last.version, reason };
}

async function skeletonAnswer(
  id: string,
  { record, reporter }: IncidentPorts,
  { now, room }: { readonly now: Date; readonly room: number },
): Promise<Answer> {
  const dossier = await record.dossier(id);
  const { json, needs } = reporter.skeleton(dossier, reporter.compile(dossier));
  const isWhole = Buffer.byteLength(json) < room - 2_000;
  return text({
    asOf: now,
    coverage: { covered: `what the record of ${id} holds`, missing: gapsOf(dossier) },
    headline: needs.length === 0 ? 'nothing is missing but your words' : `${needs.length} things are missing`,
    blocks: [
      // What is needed quotes names of evidence and candidates.
      ...(needs.length === 0 ? [] : [Untrusted.byAgent(needs.join('\n'))]),
      'what the record holds; fill in its `narrative`, cite its `evidence`, and send that narrative alone as narrative=:',
      Untrusted.byAgent(json),
    ],
    notes: isWhole ? [] : ['the skeleton is CUT here: budget=24000 shows more of it'],
  });
}

function refusedForm(problems: readonly Problem[], now: Date): Answer {
  return text({
    asOf: now,
    coverage: {
      covered: 'the form of the narrative alone',
      missing: [{ what: 'its rules', why: 'it has not the form that they could be held against' }],
    },
    headline: `NOT KEPT: the narrative has not the form of one, ${problems.length} problems`,
    blocks: problemBlocks(problems),
    notes: ['next: mend its form; without narrative= the skeleton shows it'],
  });
}
