import type { Redact } from '../../kit/index.ts';
import type { KnownIssue, Runbook } from '../knowledge/port.ts';
import { type Document, readDocument } from './document.ts';
import { readYaml } from './facts.ts';
import type { GivenFile, Imported, ImportedReport, Unread } from './imported.ts';
import { type FoundIssue, issuesOfDocument, issuesOfYaml } from './known-issues.ts';
import { looksLikePostMortem, postMortemOf } from './post-mortem.ts';
import { redactedIssue, redactedReport, redactedRunbook } from './redacted.ts';
import { runbookOf } from './runbooks.ts';

/**
 * Existing documents of a household: post-mortems, known issues, runbooks, in Markdown, HTML or YAML. What a file is, its path
 * says, else what it holds. Everything that could not be read is listed with its file and line; nothing is left out in silence.
 * Any text ends in time proportional to its length and throws nothing.
 */
export const longestFile = 1_048_576;
export const mostFiles = 2_000;

type Kind = 'report' | 'known-issues' | 'runbook';

export function readDocuments(files: readonly GivenFile[], { redact }: { readonly redact: Redact }): Imported {
  const found: Sink = { reports: new Map(), issues: new Map(), runbooks: new Map(), unread: [] };
  for (const [index, { path: named, text }] of files.entries()) {
    const path = redact(named).text;
    const tell = (what: string, why: string, line?: number): void => {
      found.unread.push({ path, line, what, why });
    };
    if (index >= mostFiles) tell('file', `more than ${mostFiles} files are not read at once`);
    else if (!/\.(md|markdown|html?|ya?ml)$/i.test(path)) tell('file', 'it is neither Markdown, HTML nor YAML');
    else if (Buffer.byteLength(text, 'utf8') > longestFile) tell('file', `it is larger than ${longestFile} bytes`);
    else if (/\.ya?ml$/i.test(path)) readYamlFile(path, text, redact, found, tell);
    else readProse(path, text, redact, found, tell);
  }
  return {
    reports: [...found.reports.values()].sort(
      (a, b) => b.report.at.getTime() - a.report.at.getTime() || (a.report.slug < b.report.slug ? -1 : 1),
    ),
    issues: [...found.issues.values()],
    runbooks: [...found.runbooks.values()],
    unread: found.unread,
  };
}

interface Sink {
  readonly reports: Map<string, ImportedReport>;
  readonly issues: Map<string, KnownIssue>;
  readonly runbooks: Map<string, Runbook>;
  readonly unread: Unread[];
}

type Tell = (what: string, why: string, line?: number) => void;

function kindByPath(path: string): Kind | undefined {
  if (/(^|[/_-])(runbooks?|playbooks?|procedures?)([/._-]|$)/i.test(path)) return 'runbook';
  if (/known[-_ ]?issues?|(^|\/)ki[-_]?\d/i.test(path)) return 'known-issues';
  return /(^|[/_.-])(post-?mortems?|incidents?|outages?|rca|sev\d?)([/._-]|$)/i.test(path) ? 'report' : undefined;
}

function readYamlFile(path: string, given: string, redact: Redact, found: Sink, tell: Tell): void {
  const text = redact(given.replaceAll('\0', '').toWellFormed()).text;
  const read = readYaml(text);
  if (kindByPath(path) !== 'known-issues' && !/^[ \t-]*known[-_]issues?[ \t]*:/m.test(text.slice(0, 20_000))) {
    tell('file', 'it is YAML, and holds no known issues');
  } else if ('why' in read) tell('YAML', read.why, read.line);
  else keepIssues(issuesOfYaml(path, read.value), redact, found, tell);
}

function readProse(path: string, text: string, redact: Redact, found: Sink, tell: Tell): void {
  const document = readDocument(path, text, redact);
  for (const { line, what, why } of document.flawed) tell(what, why, line);
  const kind = kindByPath(path);
  if (kind === 'known-issues') keepIssues(issuesOfDocument(document), redact, found, tell);
  else if (kind === 'runbook') keepRunbook(document, redact, found, tell);
  else if (isTemplate(document)) tell('file', 'it is a template or an index, and tells of nothing that happened');
  else if (kind === 'report' || looksLikePostMortem(document)) keepReport(document, redact, found, tell);
  else tell('file', 'it is neither a post-mortem, known issues nor a runbook, by its path or by its headings');
}

/** An index lists reports and is none; a template has places to fill in where a report has a day. */
function isTemplate(document: Document): boolean {
  const base = document.path.split('/').at(-1) ?? '';
  if (/template/i.test(base)) return true;
  const isOfOneDay = /\d{4}-?\d{2}-?\d{2}[^/]*\/[^/]*$/.test(document.path);
  return /^(readme|index)\./i.test(base) && !isOfOneDay && !looksLikePostMortem(document);
}

function keepReport(document: Document, redact: Redact, found: Sink, tell: Tell): void {
  const read = postMortemOf(document);
  if ('why' in read) {
    tell('report', read.why);
    return;
  }
  const other = found.reports.get(read.report.slug);
  if (other === undefined) found.reports.set(read.report.slug, redactedReport(read, redact));
  else tell('report', `${other.report.origin} has the same day and name`);
}

function keepIssues(issues: readonly FoundIssue[], redact: Redact, found: Sink, tell: Tell): void {
  if (issues.length === 0) tell('known issues', 'it holds none');
  for (const { line, issue, why } of issues) {
    if (issue === undefined) {
      tell('known issue', why ?? 'it cannot be read', line);
      continue;
    }
    const other = found.issues.get(issue.id);
    if (other === undefined) found.issues.set(issue.id, redactedIssue(issue, redact));
    else tell('known issue', `${other.origin} has the known issue ${JSON.stringify(issue.id)} already`, line);
  }
}

function keepRunbook(document: Document, redact: Redact, found: Sink, tell: Tell): void {
  const read = runbookOf(document);
  if ('why' in read) {
    tell('runbook', read.why);
    return;
  }
  const other = found.runbooks.get(read.name);
  if (other === undefined) found.runbooks.set(read.name, redactedRunbook(read, redact));
  else tell('runbook', `${other.origin} has the same name`);
}
