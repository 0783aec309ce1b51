import { inline } from './escape.ts';
import { frontMatterOf, lastPublished, writeFrontMatter } from './front-matter.ts';
import type { ReportInput } from './port.ts';
import { evidenceSection } from './render-evidence.ts';
import {
  actionItems,
  causeChain,
  contributing,
  coverage,
  detection,
  impact,
  lessons,
  recurrence,
  resolution,
  ruledOut,
  severity,
  summary,
} from './render-sections.ts';
import { timelineSection } from './render-timeline.ts';

/** Sections of a report, in order. Every one is there; one that is empty has no text below its heading. */
const sections: readonly (readonly [title: string, render: (input: ReportInput) => string])[] = [
  ['Summary', summary],
  ['Impact', impact],
  ['Timeline', timelineSection],
  ['Root cause', causeChain],
  ['Ruled out', ruledOut],
  ['Contributing factors', contributing],
  ['Recurrence', recurrence],
  ['Detection', detection],
  ['Resolution', resolution],
  ['Severity', severity],
  ['Coverage', coverage],
  ['Action items', actionItems],
  ['Lessons', lessons],
  ['Evidence', evidenceSection],
];

export const sectionTitles: readonly string[] = sections.map(([title]) => title);

/**
 * The report as Markdown. What the record knows (times, durations, rows, rules, coverage, hashes) is taken from it; what others
 * wrote stands in it as letters. Pure: one input, one text. It never throws.
 */
export function renderReport(input: ReportInput): string {
  const { dossier, narrative } = input;
  const before = lastPublished(dossier);
  const correction =
    before === undefined ? [] : [`Corrects version ${before.version}: ${inline(narrative.correction?.reason ?? '')}`];
  const parts = [
    `${writeFrontMatter(frontMatterOf(dossier, narrative))}`,
    `# ${inline(narrative.title)}`,
    ...correction,
    ...sections.flatMap(([title, render]) => [`## ${title}`, render(input)]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
