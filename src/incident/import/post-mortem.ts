import type { PastReport } from '../history/port.ts';
import { readActions } from './actions.ts';
import { type Block, plain } from './blocks.ts';
import { type Moment, momentIn } from './dates.ts';
import { type Document, kebab, nameOfFile } from './document.ts';
import { type Facts, factsOf, namesIn } from './facts.ts';
import type { ImportedReport } from './imported.ts';
import { proseOf, type Section, shorten, wordsOf } from './sections.ts';
import { alertNamesIn, severityIn } from './vocabulary.ts';

/** Of the parts a post-mortem has; two of them, and a file is taken for one wherever it lies. */
const parts = ['summary', 'impact', 'timeline', 'cause', 'fix', 'actions', 'lessons', 'detection'] as const;

export function looksLikePostMortem({ outline }: Document): boolean {
  const kinds = new Set(outline.sections.map(({ kind }) => kind));
  const held = parts.filter((part) => kinds.has(part)).length;
  return held >= 3 || (held === 2 && (kinds.has('cause') || kinds.has('timeline')));
}

/** Undefined where nothing says when it happened: what is past is sought by its day. */
export function postMortemOf(document: Document): ImportedReport | { readonly why: string } {
  const { path, outline, markdown } = document;
  const facts = factsOf(
    document.blocks.filter((_, index) => index < 400),
    document.facts,
  );
  const when = momentOf(document, facts);
  if (when === undefined) return { why: 'no day is named in its facts, its file name, its headings or its timeline' };
  const { sections } = outline;
  if (sections.every(({ blocks }) => blocks.length === 0)) return { why: 'it has no text' };
  const title = document.title ?? nameOfFile(path).replaceAll(/[-_]+/g, ' ');
  const about = factsOf(document.blocks, document.facts);
  const { actions, left } = readActions(sections);
  const day = when.moment.at.toISOString().slice(0, 10);
  const name = nameOfFile(path).replace(/^\d{4}-?\d{2}-?\d{2}[-_ ]*/, '');
  const intro = shorten(introOf(sections), 1_500);
  const report: PastReport = {
    slug: `${day}-${kebab(name === '' || /^(index|report)$/i.test(name) ? title : name)}`,
    title: shorten(title, 200),
    at: when.moment.at,
    severity: severityOf(about, sections),
    services: namesIn(about.get('services') ?? impactServices(sections)),
    namespaces: namesIn(about.get('namespaces')).map((one) => one.toLowerCase()),
    symptom: wordsOf(sections, ['symptom', 'summary', 'impact']) || intro,
    cause: wordsOf(sections, ['cause', 'contributing']) || shorten((about.get('cause') ?? []).join('\n'), 1_500),
    fix: wordsOf(sections, ['fix']) || shorten((about.get('fix') ?? []).join('\n'), 1_500),
    alerts: [
      ...new Set([...namesIn(about.get('alerts')).filter((one) => /^[\w:.-]+$/.test(one)), ...alertsIn(sections)]),
    ].slice(0, 20),
    markdown,
    origin: path,
    incident: undefined,
  };
  const notes = [
    `time from ${when.from}${when.moment.zone === 'assumed' && when.moment.precision === 'minute' ? ', no zone is written: taken for UTC' : ''}`,
  ];
  if (left > 0) notes.push(`${left} more action items than are taken from one report`);
  const missing = actions
    .filter((one) => one.missing.length > 0)
    .map(({ draft, line, missing: lacking }) => ({ title: draft.title, line, parts: lacking }));
  return { report, actions: actions.map(({ draft }) => draft), missing, notes };
}

function momentOf(document: Document, facts: Facts): { readonly moment: Moment; readonly from: string } | undefined {
  const zone = zoneIn(document.outline.sections);
  const said = ['started', 'date'] as const;
  const inFacts = said
    .flatMap((label) => facts.get(label) ?? [])
    .map((text) => momentIn(text, zone))
    .find((one) => one !== undefined);
  const inName = momentIn(
    `${nameOfFile(document.path)
      .replace(/^(\d{4})(\d{2})(\d{2})(?!\d)/, '$1-$2-$3')
      .replaceAll('_', '-')}`,
  );
  // The day of the file's name and a time beside it in the timeline are the same day: the facts are nearer to it.
  if (inFacts !== undefined) return { moment: inFacts, from: 'its facts' };
  if (inName !== undefined) return { moment: { ...inName, precision: 'day' }, from: 'its file name' };
  const headings = document.blocks.flatMap((block) => (block.kind === 'heading' ? [plain(block.text)] : []));
  const inHeading = headings
    .slice(0, 20)
    .map((text) => momentIn(text, zone))
    .find((one) => one !== undefined);
  if (inHeading !== undefined) return { moment: inHeading, from: 'a heading' };
  const timeline = document.outline.sections.filter(({ kind }) => kind === 'timeline').flatMap(({ blocks }) => blocks);
  const inTimeline = proseOf(timeline)
    .split('\n')
    .slice(0, 50)
    .map((line) => momentIn(line, zone))
    .find((one) => one !== undefined);
  return inTimeline === undefined ? undefined : { moment: inTimeline, from: 'its timeline' };
}

/** `Timeline (CET)`: of a heading, for times that name none. */
function zoneIn(sections: readonly Section[]): string | undefined {
  const headings = sections.filter(({ kind }) => kind === 'timeline').flatMap(({ headings: own }) => own);
  return headings
    .map((heading) => /\b(UTC|GMT|[CEW]ES?T|BST|MSK|[ECMP][SD]T)\b/.exec(heading)?.[1])
    .find((one) => one !== undefined);
}

function severityOf(facts: Facts, sections: readonly Section[]): string | undefined {
  const said = (facts.get('severity') ?? [])
    .map((text) => severityIn(/^\s*\d\s*$/.test(text) ? `SEV${text.trim()}` : text))
    .find((one) => one !== undefined);
  if (said !== undefined) return said;
  const section = sections.find(({ headings }) => /\bseverity\b/i.test(headings.at(-1) ?? ''));
  return section === undefined ? undefined : severityIn(`${section.headings.at(-1) ?? ''} ${proseOf(section.blocks)}`);
}

/** `Services: web, api` as an item under the heading of the impact, or a heading of that name with a list under it. */
function impactServices(sections: readonly Section[]): readonly string[] {
  const section = sections.find(({ headings }) =>
    /^(affected |impacted )?(services|systems|components)( affected| impacted)?$/i.test(headings.at(-1) ?? ''),
  );
  return (
    section?.blocks.flatMap((block: Block) =>
      block.kind === 'item'
        ? [plain(block.text).split(/[:–—]| - /)[0] ?? '']
        : block.kind === 'paragraph'
          ? [block.text]
          : [],
    ) ?? []
  );
}

/** Of lines that are about alerts: one that is only promised did not fire. */
function alertsIn(sections: readonly Section[]): readonly string[] {
  const told = sections.filter(
    ({ kind }) => kind !== 'actions' && kind !== 'raw' && kind !== 'lessons' && kind !== 'recurrence',
  );
  return told.flatMap(({ blocks }) =>
    proseOf(blocks)
      .split('\n')
      .filter((line) => /\balert|fir(ed|ing)\b/i.test(line))
      .flatMap(alertNamesIn),
  );
}

/** What stands before the first section that is about something. */
function introOf(sections: readonly Section[]): string {
  return sections
    .filter(({ kind }) => kind === undefined)
    .map(({ blocks }) => proseOf(blocks.filter(({ kind }) => kind === 'paragraph' || kind === 'item')))
    .join('\n')
    .trim();
}
