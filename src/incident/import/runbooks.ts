import type { Runbook } from '../knowledge/port.ts';
import { plain } from './blocks.ts';
import { type Document, kebab, nameOfFile } from './document.ts';
import { factsOf, namesIn } from './facts.ts';
import { proseOf, shorten } from './sections.ts';
import { alertNamesIn } from './vocabulary.ts';

const longestRunbook = 200_000;

/** What to do when something happens. What it is for is said by its labels, a section of symptoms, and alerts in its title. */
export function runbookOf(document: Document): Runbook | { readonly why: string } {
  const { path, outline, markdown } = document;
  if (markdown.trim() === '') return { why: 'it has no text' };
  if (markdown.length > longestRunbook) return { why: `it is longer than ${longestRunbook} characters` };
  const named = [document.title ?? '', nameOfFile(path).replaceAll(/[-_]+/g, ' '), 'unnamed'];
  const title = named.find((one) => one.trim() !== '') ?? '';
  const facts = factsOf(
    outline.sections.slice(0, 2).flatMap(({ blocks }) => blocks),
    document.facts,
  );
  const symptoms = outline.sections
    .filter(({ headings }) => /\b(symptoms?|when to use|applies to|use this when|signs)\b/i.test(headings.at(-1) ?? ''))
    .flatMap(({ blocks }) => proseOf(blocks).split('\n'))
    .map((line) => plain(line));
  const alerts = namesIn(facts.get('alerts')).filter((name) => /^[\w:.-]+$/.test(name));
  return {
    name: kebab(nameOfFile(path)),
    title: shorten(title, 200),
    services: namesIn(facts.get('services')),
    alerts: [...new Set([...alerts, ...alertNamesIn(title)])].slice(0, 50),
    symptoms: [...new Set([...(facts.get('symptoms') ?? []), ...symptoms])]
      .filter((one) => one.length >= 4 && one.length <= 300)
      .slice(0, 50),
    text: markdown,
    origin: path,
  };
}
