import type { Corpora, CorpusDocument } from '../../../memory/corpus/port.ts';
import type { Reach, Redact } from '../../kit/index.ts';
import type { Action, ActionDraft } from '../action.ts';
import { historyCorpora } from '../history/open.ts';
import type { History, PastReport } from '../history/port.ts';
import type { Knowledge, KnownIssue, Runbook } from '../knowledge/port.ts';
import type { IncidentRecord, Write } from '../record/port.ts';
import type { GivenFile, Imported, ImportedReport, MissingOfAction, Unread } from './imported.ts';
import { markdownOfIssue } from './known-issues.ts';
import { readDocuments } from './read.ts';

/** What an import writes to. */
export interface ImportPorts {
  readonly history: Pick<History, 'learn' | 'reports'>;
  readonly record: Pick<IncidentRecord, 'actions' | 'putActions'>;
  readonly knowledge: Pick<Knowledge, 'issues' | 'runbooks' | 'replace'>;
  readonly corpora: Reach<Corpora> | undefined;
  readonly redact: Redact;
  readonly write: Pick<Write, 'by' | 'now'>;
}

export interface ImportDone {
  readonly reports: Counted & {
    /** Reports of our own incidents, published and found again: the record's stay. */
    readonly own: number;
  };
  readonly actions: { readonly added: number; readonly changed: number; readonly unchanged: number };
  readonly issues: Counted;
  readonly runbooks: Counted;
  /** Origins that were imported before and are not among the files now. They stay: what happened has happened. */
  readonly gone: readonly string[];
  readonly unread: readonly Unread[];
  /** Owners, days and others that reports do not name. */
  readonly missing: readonly (MissingOfAction & { readonly report: string })[];
  /** Per report: how its time was taken. */
  readonly notes: readonly { readonly report: string; readonly note: string }[];
}

export interface Counted {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Reads files and keeps what they hold. A second import of the same files writes nothing, and what somebody has said of an
 * action since the first stays said, until its report is written anew. Nothing is deleted.
 */
export async function importInto(ports: ImportPorts, files: readonly GivenFile[]): Promise<ImportDone> {
  const imported = readDocuments(files, { redact: ports.redact });
  const known = await ports.history.reports();
  const reports = { added: 0, changed: 0, unchanged: 0, own: 0 };
  const actions = { added: 0, changed: 0, unchanged: 0 };
  const kept: ImportedReport[] = [];
  for (const one of imported.reports) {
    if (isOurs(one.report, known)) {
      reports.own += 1;
      continue;
    }
    kept.push(one);
    const before = known.find(({ slug }) => slug === one.report.slug);
    const outcome = before === undefined ? 'added' : isSame(before, one.report) ? 'unchanged' : 'changed';
    reports[outcome] += 1;
    // Learned again even if it is known: an import that was cut off may have left it out of the index.
    await ports.history.learn(one.report);
    const { added, changed, unchanged } = await putActions(ports, one, outcome === 'changed');
    actions.added += added;
    actions.changed += changed;
    actions.unchanged += unchanged;
  }
  const knowledge = await keepKnowledge(ports, imported);
  return {
    reports,
    actions,
    ...knowledge.counts,
    gone: goneSince(new Set(files.map(({ path }) => ports.redact(path).text)), known, knowledge.before),
    unread: imported.unread,
    missing: kept.flatMap(({ report, missing }) => missing.map((one) => ({ report: report.slug, ...one }))),
    notes: kept.flatMap(({ report, notes }) => notes.map((note) => ({ report: report.slug, note }))),
  };
}

/** A file of ours names its incident in its text or its name; whoever else names one gets no further than being left out. */
function isOurs(report: PastReport, known: readonly PastReport[]): boolean {
  return known.some(
    ({ incident, slug }) => incident !== undefined && (slug === report.slug || report.markdown.includes(incident)),
  );
}

function isSame(before: PastReport, now: PastReport): boolean {
  return JSON.stringify(fieldsOf(before)) === JSON.stringify(fieldsOf(now));
}

function fieldsOf({
  slug,
  title,
  at,
  severity,
  services,
  namespaces,
  symptom,
  cause,
  fix,
  alerts,
  markdown,
  origin,
}: PastReport): readonly unknown[] {
  return [slug, title, at, severity ?? null, services, namespaces, symptom, cause, fix, alerts, markdown, origin];
}

async function putActions(
  { record, write }: ImportPorts,
  { report, actions }: ImportedReport,
  isRewritten: boolean,
): Promise<Counted> {
  const there = new Map((await everyAction(record, report.slug)).map((action) => [action.title, action]));
  const fresh = actions.filter(({ title }) => !there.has(title));
  const changed = isRewritten ? actions.filter((draft) => differs(draft, there.get(draft.title))) : [];
  const drafts = [...fresh, ...changed.map((draft) => withWhatIsKnown(draft, there.get(draft.title)))];
  if (drafts.length > 0) await record.putActions({ report: report.slug }, drafts, write);
  return { added: fresh.length, changed: changed.length, unchanged: actions.length - drafts.length };
}

const pageOfActions = 100;

async function everyAction(record: Pick<IncidentRecord, 'actions'>, report: string): Promise<readonly Action[]> {
  const all: Action[] = [];
  for (;;) {
    const { actions, total } = await record.actions({ report, limit: pageOfActions, skip: all.length });
    all.push(...actions);
    if (actions.length === 0 || all.length >= total) return all;
  }
}

function differs(draft: ActionDraft, action: Action | undefined): boolean {
  if (action === undefined) return false;
  const told = withWhatIsKnown(draft, action);
  return (['type', 'class', 'priority', 'owner', 'due', 'status', 'path'] as const).some(
    (field) => told[field] !== action[field],
  );
}

/** What was tested is known better than a file tells, and what it does not name may have been said since. */
function withWhatIsKnown(draft: ActionDraft, action: Action | undefined): ActionDraft {
  if (action === undefined) return draft;
  return {
    ...draft,
    owner: draft.owner ?? action.owner,
    due: draft.due ?? action.due,
    path: draft.path ?? action.path,
    verify: action.verify ?? draft.verify,
    status: action.verified === undefined ? draft.status : action.status,
  };
}

interface Known {
  readonly issues: readonly KnownIssue[];
  readonly runbooks: readonly Runbook[];
}

async function keepKnowledge(
  { knowledge, corpora }: ImportPorts,
  found: Imported,
): Promise<{ readonly counts: { readonly issues: Counted; readonly runbooks: Counted }; readonly before: Known }> {
  const before: Known = { issues: await knowledge.issues(), runbooks: await knowledge.runbooks() };
  const origins = new Set([...found.issues, ...found.runbooks].map(({ origin }) => origin));
  const of = <One extends { readonly origin: string }>(list: readonly One[], origin: string): readonly One[] =>
    list.filter((one) => one.origin === origin);
  for (const origin of origins) {
    const own = { issues: of(found.issues, origin), runbooks: of(found.runbooks, origin) };
    const old = { issues: of(before.issues, origin), runbooks: of(before.runbooks, origin) };
    if (!isSameKnowledge(own, old)) await knowledge.replace(origin, own);
  }
  const index = await corpora?.();
  await index?.open(historyCorpora['known-issue']).put(found.issues.map(issueDocument));
  await index?.open(historyCorpora.runbook).put(found.runbooks.map(runbookDocument));
  return {
    before,
    counts: {
      issues: countOf(found.issues, before.issues, (issue) => `${issue.origin} ${issue.id}`),
      runbooks: countOf(found.runbooks, before.runbooks, (runbook) => `${runbook.origin} ${runbook.name}`),
    },
  };
}

function issueDocument(issue: KnownIssue): CorpusDocument {
  return { name: issue.id, title: issue.title, text: markdownOfIssue(issue) };
}

function runbookDocument(runbook: Runbook): CorpusDocument {
  return { name: runbook.name, title: runbook.title, text: runbook.text };
}

function isSameKnowledge(one: Known, other: Known): boolean {
  const text = ({ issues, runbooks }: Known): string =>
    JSON.stringify([issues.map(issueFields).sort(), runbooks.map(runbookFields).sort()]);
  return text(one) === text(other);
}

/** Trimmed, as the table keeps them. */
function issueFields({ id, title, services, namespaces, rules, symptoms, workaround, until }: KnownIssue): string {
  return JSON.stringify([
    id.trim(),
    title.trim(),
    services,
    namespaces,
    rules,
    symptoms,
    workaround.trim(),
    until ?? null,
  ]);
}

function runbookFields({ name, title, services, alerts, symptoms, text }: Runbook): string {
  return JSON.stringify([name.trim(), title.trim(), services, alerts, symptoms, text.trim()]);
}

function countOf<One extends KnownIssue | Runbook>(
  now: readonly One[],
  before: readonly One[],
  keyOf: (one: One) => string,
): Counted {
  const fields = (one: KnownIssue | Runbook): string => ('id' in one ? issueFields(one) : runbookFields(one));
  const old = new Map(before.map((one) => [keyOf(one), fields(one)]));
  const outcomes = now.map((one) => {
    const was = old.get(keyOf(one));
    return was === undefined ? 'added' : was === fields(one) ? 'unchanged' : 'changed';
  });
  const count = (what: string): number => outcomes.filter((outcome) => outcome === what).length;
  return { added: count('added'), changed: count('changed'), unchanged: count('unchanged') };
}

function goneSince(
  there: ReadonlySet<string>,
  reports: readonly PastReport[],
  { issues, runbooks }: Known,
): readonly string[] {
  const imported = reports.filter(({ incident }) => incident === undefined);
  const origins = new Set([...imported, ...issues, ...runbooks].map(({ origin }) => origin));
  return [...origins].filter((origin) => !there.has(origin)).sort();
}
