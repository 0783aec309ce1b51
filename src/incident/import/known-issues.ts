import type { KnownIssue } from '../knowledge/port.ts';
import { type Block, plain } from './blocks.ts';
import { dayOf } from './dates.ts';
import { type Document, kebab, nameOfFile } from './document.ts';
import { type Facts, factsIn, factsOf, namesIn } from './facts.ts';
import { proseOf, type Section, shorten } from './sections.ts';
import { alertNamesIn, type Label, labelOf, type SectionKind } from './vocabulary.ts';

/**
 * Known issues of a file: a list in YAML, a table, a heading for each, or the whole file as one. One that names nothing it could
 * be known by would fit everything, and is not taken.
 */
export interface FoundIssue {
  readonly line: number;
  readonly issue: KnownIssue | undefined;
  readonly why: string | undefined;
}

const longestCriterion = 300;
const mostIssues = 500;

export function issuesOfYaml(path: string, value: unknown): readonly FoundIssue[] {
  return entriesOf(value)
    .slice(0, mostIssues)
    .map((entry) => issueOf(path, { line: 1, facts: factsIn(entry), title: undefined, symptom: '', workaround: '' }));
}

/** A list, a list under one key, issues by their ids, or one issue. */
function entriesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  const values = Object.entries(value);
  const list = values.find(([key, own]) => Array.isArray(own) && (/issues?$/i.test(key) || values.length === 1))?.[1];
  if (Array.isArray(list)) return list;
  const inner = values.find(([key, own]) => /issues$/i.test(key) && typeof own === 'object' && own !== null)?.[1];
  const byId = Object.entries(inner ?? {}).map(([id, own]) =>
    typeof own === 'object' && own !== null ? { id, ...own } : { id },
  );
  return byId.length > 0 ? byId : [value];
}

export function issuesOfDocument(document: Document): readonly FoundIssue[] {
  const { path, outline, blocks } = document;
  const rows = blocks.flatMap((block) =>
    block.kind === 'table' && block.header.length > 2 ? rowsOf(path, block) : [],
  );
  if (rows.length > 0) return rows.slice(0, mostIssues);
  const groups = groupsOf(outline.sections);
  if (groups.length > 1 || (groups.length === 1 && /issues/i.test(nameOfFile(path)))) {
    return groups
      .slice(0, mostIssues)
      .map((group) => issueOf(path, read(group.sections, new Map(), group.title, group.line)));
  }
  const title = document.title ?? nameOfFile(path).replaceAll(/[-_]+/g, ' ');
  return [issueOf(path, read(outline.sections, document.facts, title, 1))];
}

interface Told {
  readonly line: number;
  readonly facts: Facts;
  readonly title: string | undefined;
  readonly symptom: string;
  readonly workaround: string;
}

/** Sections under one heading of the outermost depth that names an issue. */
function groupsOf(
  sections: readonly Section[],
): readonly { readonly title: string; readonly line: number; readonly sections: readonly Section[] }[] {
  const headed = sections.filter(({ headings }) => headings.length > 0);
  const outermost = headed.reduce((least, { depth }) => Math.min(least, depth), 7);
  const groups: { title: string; line: number; sections: Section[] }[] = [];
  for (const section of headed) {
    if (section.depth === outermost)
      groups.push({ title: section.headings.at(-1) ?? '', line: section.line, sections: [] });
    groups.at(-1)?.sections.push(section);
  }
  // Of one issue the outermost headings are its parts: Symptom, Workaround.
  const isParts = groups.some(
    ({ title }) =>
      labelOf(title) !== undefined || /^(symptoms?|workaround|mitigation|fix|cause|details?)$/i.test(title),
  );
  return isParts ? [] : groups;
}

function read(sections: readonly Section[], before: Facts, title: string, line: number): Told {
  const facts = factsOf(
    sections.flatMap(({ blocks }) => blocks),
    before,
  );
  const under = (kinds: readonly SectionKind[]): string =>
    sections
      .filter(({ kind, headings }) => kind !== undefined && kinds.includes(kind) && headings.at(-1) !== title)
      .map(({ blocks }) => proseOf(blocks))
      .join('\n');
  return { line, facts, title, symptom: under(['symptom', 'summary']), workaround: under(['fix']) };
}

function rowsOf(path: string, table: Block & { readonly kind: 'table' }): readonly FoundIssue[] {
  const columns = table.header.map(
    (name) => labelOf(name) ?? (/^(known )?issue$/i.test(plain(name)) ? 'title' : undefined),
  );
  if (!columns.includes('symptoms') && !columns.includes('title')) return [];
  return table.rows.map(({ cells, line }) => {
    const facts = new Map<Label, readonly string[]>();
    for (const [index, label] of columns.entries()) {
      const cell = plain(cells[index] ?? '');
      if (label !== undefined && cell !== '') facts.set(label, [cell]);
    }
    return issueOf(path, { line, facts, title: undefined, symptom: '', workaround: '' });
  });
}

function issueOf(path: string, { line, facts, title: heading, symptom, workaround }: Told): FoundIssue {
  const said = (label: Label): readonly string[] => facts.get(label) ?? [];
  const symptoms = [...said('symptoms'), ...linesOf(symptom)].map((text) => plain(text).replace(/^["']|["']$/g, ''));
  const words = heading?.replace(/^\W*(?:(?:KI|known issue)[\s#-]*\d+[\s:.–—-]*|\d+\s*[:.–—-]+\s*)/i, '');
  const title = shorten(said('title')[0] ?? words ?? symptoms[0] ?? '', 200);
  if (title.trim() === '') return { line, issue: undefined, why: 'a known issue has neither a title nor a symptom' };
  const [numbered] = /\bKI[- ]?\d+\b/i.exec(`${said('id')[0] ?? ''} ${heading ?? ''}`) ?? [];
  const known = said('id')[0];
  const until = said('until')
    .map((text) => dayOf(text))
    .find((day) => day !== undefined);
  const named = [...title.matchAll(/\b([A-Z][A-Za-z0-9]{2,60}) alert\b/g)].map(([, name = '']) => name);
  const issue: KnownIssue = {
    id: (numbered ?? (known !== undefined && known.length <= 80 ? known : kebab(title, 60))).replace(/ /g, '-'),
    title,
    services: criteria(namesIn(said('services'))),
    namespaces: criteria(namesIn(said('namespaces')).map((one) => one.toLowerCase())),
    rules: criteria([...namesIn([...said('rules'), ...said('alerts')]), ...alertNamesIn(title), ...named]),
    symptoms: criteria(symptoms),
    workaround: shorten([...said('fix'), workaround].filter((text) => text !== '').join('\n'), 2_000),
    until,
    origin: path,
  };
  const knownBy = issue.services.length + issue.namespaces.length + issue.rules.length + issue.symptoms.length;
  if (knownBy === 0)
    return {
      line,
      issue: undefined,
      why: `the known issue ${JSON.stringify(issue.id)} names no service, namespace, rule or symptom it could be known by`,
    };
  return { line, issue, why: undefined };
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 4)
    .slice(0, 20);
}

function criteria(values: readonly string[]): readonly string[] {
  const kept = values.map((value) => value.trim()).filter((value) => value !== '' && value.length <= longestCriterion);
  return [...new Set(kept)].slice(0, 50);
}

/** For the index: what is searched, as Markdown. */
export function markdownOfIssue({ title, services, namespaces, rules, symptoms, workaround }: KnownIssue): string {
  const facts = [
    ['Services', services],
    ['Namespaces', namespaces],
    ['Rules', rules],
  ] as const;
  const lines = facts
    .filter(([, names]) => names.length > 0)
    .map(([name, names]) => `- **${name}**: ${names.join(', ')}`);
  const own = symptoms.filter((symptom) => symptom !== title);
  return [
    `# ${title}`,
    lines.join('\n'),
    ...(own.length > 0 ? ['## Symptoms', own.map((one) => `- ${one}`).join('\n')] : []),
    ...(workaround === '' ? [] : ['## Workaround', workaround]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
