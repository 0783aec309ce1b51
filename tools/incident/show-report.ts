import type { Dossier } from '../../src/incident/record/port.ts';
import { type Answer, text, Untrusted } from '../../src/kit/index.ts';
import { problemBlocks } from './problem-blocks.ts';
import type { Asked, Showing } from './show.ts';
import { notYet } from './show-parts.ts';
import { agoText, callText, plainName } from './words.ts';

/** The newest version as Markdown, behind what the validator said of it. */
export function reportAnswer({ reports, incident }: Dossier, _: Asked, { now }: Showing): Answer {
  const newest = reports.at(-1);
  if (newest === undefined) return notYet(now(), 'report', callText('post_mortem_draft', { incident: incident.id }));
  const { version, final, at, by, sha256, published, supersedes, problems, markdown } = newest;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return text({
    asOf: at,
    coverage: { covered: `report of ${incident.id}, version ${version} of ${reports.length}` },
    headline: final
      ? `FINAL, version ${version}${published === undefined ? '' : `, ${/^[\w./@:+-]{1,300}$/.test(published) ? published : '?'}`}`
      : errors.length === 0
        ? `draft ${version}, valid`
        : `draft ${version}, REFUSED by ${errors.length} errors`,
    blocks: [
      `by ${plainName(by)} ${agoText(at, now())} · sha256 ${sha256.slice(0, 12)}`,
      ...(supersedes === undefined
        ? []
        : [`supersedes version ${supersedes.version}:`, Untrusted.byAgent(supersedes.reason)]),
      ...problemBlocks(problems),
      Untrusted.byAgent(markdown),
    ],
    narrow: 'budget= up to 24000 shows more of it',
  });
}
