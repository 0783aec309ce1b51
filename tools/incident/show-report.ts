import { agoText } from '../../src/cluster/index.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import { type Answer, oneLine, text, Untrusted } from '../../src/kit/index.ts';
import { sliceOf } from './evidence-blocks.ts';
import { type Blocks, bytesBefore, pageOf, roomBeside } from './paging.ts';
import { rulesBroken } from './problem-blocks.ts';
import { standingBlocks, standingOf } from './publish/standing.ts';
import type { Asked, Showing } from './show.ts';
import { notYet } from './show-parts.ts';
import { callText, plainWriter } from './words.ts';

/** The newest version as Markdown, behind what the validator said of it; what does not fit, by its cursor. */
export async function reportAnswer(
  { reports, incident }: Dossier,
  _: Asked,
  { now, ports, signal, page, room }: Showing,
): Promise<Answer> {
  const newest = reports.at(-1);
  if (newest === undefined) return notYet(now(), 'report', callText('post_mortem_draft', { incident: incident.id }));
  const { version, final, at, by, sha256, published, supersedes, problems, markdown } = newest;
  const standing = final ? await standingOf(published, ports.keep, signal) : undefined;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const about: Blocks = [
    `by ${plainWriter(by)} ${agoText(at, now())} · sha256 ${sha256.slice(0, 12)}`,
    ...standingBlocks(standing),
    ...(supersedes === undefined
      ? []
      : [`supersedes version ${supersedes.version}:`, Untrusted.byAgent(oneLine(supersedes.reason))]),
  ];
  const broken = rulesBroken(problems);
  const { blocks: told, nextCursor } = pageOf(broken, (blocks) => blocks, { page, room, beside: about });
  // The report begins where its problems end.
  const { text: shown, next } =
    nextCursor === undefined
      ? sliceOf(markdown, bytesBefore(page), roomBeside([...about, ...told], room))
      : { text: '', next: undefined };
  const rest = next === undefined ? nextCursor : page.mint({ skip: broken.length, byte: next });
  return text({
    asOf: at,
    coverage: {
      covered: `report of ${incident.id}, version ${version} of ${reports.length}`,
      missing: standing?.where === 'unknown' ? [{ what: 'whether it landed', why: standing.text }] : [],
    },
    headline: final
      ? `FINAL, version ${version}${published === undefined ? '' : `, ${/^[\w./@:+-]{1,300}$/.test(published) ? published : '?'}`}`
      : errors.length === 0
        ? `draft ${version}, valid`
        : `draft ${version}, REFUSED by ${errors.length} errors`,
    blocks: [...about, ...told, ...(shown === '' ? [] : [Untrusted.byAgent(shown)])],
    ...(rest === undefined ? {} : { nextCursor: rest }),
    notes: standing?.where === 'not-there' ? [rejectedNote(incident.id)] : [],
    narrow: 'budget= up to 24000 shows more at once',
  });
}

/** The version stays as it was proposed. */
function rejectedNote(id: string): string {
  return `next: what is to be said otherwise is the next version: ${callText('post_mortem_draft', { incident: id })}, then publish with reason=`;
}
