import { historyCorpora, openHistory } from '../../src/incident/history/open.ts';
import type { History, PastReport } from '../../src/incident/history/port.ts';
import type { Weights } from '../../src/incident/history/ranking.ts';
import { kebab } from '../../src/incident/import/document.ts';
import { readDocuments } from '../../src/incident/import/read.ts';
import { meanOf } from '../memory/measures.ts';
import type { WholeMemory } from '../memory/whole-memory.ts';
import type { BenchDocument } from './data.ts';
import { plainIndex } from './plain-bm25.ts';

/**
 * Two things are asked of both systems, over the same documents:
 *
 *  questions    a symptom, with everything in the archive; and each report's own symptom, with what was before it
 *  recurrence   each report with what was found out about it: is it one of those that were there before, yes or no
 *
 * Documents beside the reports are runbooks to history, found and ranked among the candidates. r@k: how much of what is
 * relevant is among the first k.
 */
export interface Ranking {
  readonly questions: number;
  readonly 'r@1': number;
  readonly 'hit@1': number;
  readonly 'r@5': number;
  readonly mrr: number;
}

export interface Judged {
  readonly id: string;
  readonly recurs: boolean;
  /** A report and what it recurs from are on the same side. */
  readonly half: 'odd' | 'even';
  /** The best report, and its score. */
  readonly best: string | undefined;
  readonly score: number;
  readonly isRight: boolean;
}

export interface Measured {
  readonly rankings: Readonly<Record<string, { readonly castellan: Ranking; readonly plain: Ranking }>>;
  readonly judged: readonly Judged[];
  readonly plainJudged: readonly Judged[];
}

const signal = new AbortController().signal;
const redact = (text: string) => ({ text, counts: {} });
const shown = 10;

export async function measureHistory(
  documents: readonly BenchDocument[],
  { memory, database }: WholeMemory,
  weights?: Weights,
): Promise<Measured> {
  let moment = new Date('2199-01-01T00:00:00Z');
  const history = openHistory({
    database: { whenOpen: async () => database },
    corpora: async () => memory.corpora,
    actions: { actions: async () => ({ actions: [], total: 0 }) },
    redact,
    now: () => moment,
    ...(weights === undefined ? {} : { weights }),
  });
  const reports = documents.filter(({ kind }) => kind === 'report');
  const others = documents.filter(({ kind }) => kind === 'other');
  const slugs = await load(history, reports);
  await memory.corpora
    .open(historyCorpora.runbook)
    .put(others.map(({ id, title, text }) => ({ name: id, title, text })));
  const plain = plainIndex(documents.map(({ id, title, text }) => ({ id, text: `${title}\n${text}` })));
  const at = new Map(reports.map((one) => [one.id, timeOf(one)]));

  const ask = async (
    text: string,
    before: Date | undefined,
  ): Promise<readonly { readonly id: string; readonly score: number; readonly isReport: boolean }[]> => {
    moment = before ?? new Date('2199-01-01T00:00:00Z');
    const { candidates } = await history.search({ text, limit: 50 }, signal);
    return candidates.map(({ document, score, kind }) => ({
      id: slugs.idOf(document),
      score,
      isReport: kind === 'report',
    }));
  };
  const asPlain = (text: string, before: Date | undefined): readonly string[] =>
    plain.search(text, (id) => before === undefined || (at.get(id)?.getTime() ?? 0) < before.getTime());

  const told = reports.flatMap(({ queries }) =>
    queries.map(({ text, relevant }) => ({ text, relevant, before: undefined })),
  );
  const again = reports
    .filter(({ recurs }) => recurs.length > 0)
    .map((one) => ({ text: slugs.symptomOf(one.id), relevant: one.recurs, before: timeOf(one) }));
  const rankings: Record<string, { castellan: Ranking; plain: Ranking }> = {};
  for (const [name, questions] of [
    ['symptom-only questions', told],
    ['recurrences, by their symptom', again],
  ] as const) {
    const ours: (readonly string[])[] = [];
    for (const { text, before } of questions) ours.push((await ask(text, before)).map(({ id }) => id));
    const gold = questions.map(({ relevant }) => new Set(relevant));
    rankings[name] = {
      castellan: rankingOf(ours, gold),
      plain: rankingOf(
        questions.map(({ text, before }) => asPlain(text, before)),
        gold,
      ),
    };
  }

  const halves = halvesOf(reports);
  const judged: Judged[] = [];
  const plainJudged: Judged[] = [];
  for (const one of reports) {
    const { id, recurs } = one;
    const text = slugs.accountOf(id);
    const best = (await ask(text, timeOf(one))).find(({ isReport }) => isReport);
    judged.push({
      id,
      half: halves(id),
      recurs: recurs.length > 0,
      best: best?.id,
      score: best?.score ?? 0,
      isRight: best !== undefined && recurs.includes(best.id),
    });
    const [first] = asPlain(text, timeOf(one)).filter((other) => at.has(other));
    plainJudged.push({
      id,
      half: halves(id),
      recurs: recurs.length > 0,
      best: first,
      score: first === undefined ? 0 : 1,
      isRight: first !== undefined && recurs.includes(first),
    });
  }
  return { rankings, judged, plainJudged };
}

/** By the earliest report of what belongs together, every other one. */
function halvesOf(reports: readonly BenchDocument[]): (id: string) => 'odd' | 'even' {
  const first = new Map(reports.map(({ id, recurs }) => [id, recurs[0]]));
  const roots = reports.filter(({ recurs }) => recurs.length === 0).map(({ id }) => id);
  return (id) => {
    let root = id;
    for (
      let steps = 0, next = first.get(root);
      next !== undefined && steps < reports.length;
      steps += 1, next = first.get(root)
    )
      root = next;
    return roots.indexOf(root) % 2 === 0 ? 'odd' : 'even';
  };
}

/** Of every yes how many name a report it recurs from, and of every recurrence how many are told so. */
export function verdictFigures(
  judged: readonly Judged[],
  threshold: number,
): { readonly precision: number; readonly recall: number; readonly f1: number; readonly said: number } {
  const said = judged.filter(({ score }) => score >= threshold);
  const right = said.filter(({ isRight }) => isRight).length;
  const there = judged.filter(({ recurs }) => recurs).length;
  const precision = said.length === 0 ? 0 : right / said.length;
  const recall = there === 0 ? 0 : right / there;
  return {
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    said: said.length,
  };
}

interface Loaded {
  idOf(document: string): string;
  symptomOf(id: string): string;
  accountOf(id: string): string;
}

async function load(history: History, reports: readonly BenchDocument[]): Promise<Loaded> {
  const byId = new Map<string, PastReport>();
  for (const one of reports) {
    const report = pastReportOf(one);
    byId.set(one.id, report);
    await history.learn(report);
  }
  const ids = new Map([...byId].map(([id, { slug }]) => [slug, id]));
  const of = (id: string): PastReport => {
    const report = byId.get(id);
    if (report === undefined) throw new Error(`there is no report ${id}`);
    return report;
  };
  return {
    idOf: (document) => ids.get(document) ?? document,
    symptomOf: (id) => `${of(id).title}\n${of(id).services.join(', ')}\n${of(id).symptom.slice(0, 500)}`,
    accountOf: (id) =>
      `${of(id).title}\n${of(id).services.join(', ')}\n${of(id).symptom.slice(0, 1_000)}\n${of(id).cause.slice(0, 1_000)}`,
  };
}

/** As the importer reads it; a text that has none of what reports have is a symptom from end to end. */
function pastReportOf(one: BenchDocument): PastReport {
  const at = timeOf(one);
  const slug = `${at.toISOString().slice(0, 10)}-${kebab(one.id)}`;
  const ending = one.text.trimStart().startsWith('<') ? 'html' : 'md';
  const [read] = readDocuments([{ path: `post-mortems/${slug}.${ending}`, text: one.text }], { redact }).reports;
  const bare: PastReport = {
    slug,
    title: one.title,
    at,
    severity: undefined,
    services: one.services ?? [],
    namespaces: [],
    symptom: one.text.slice(0, 1_500),
    cause: '',
    fix: '',
    alerts: [],
    markdown: one.text,
    origin: one.id,
    incident: undefined,
  };
  if (read === undefined) return bare;
  const { report } = read;
  return {
    ...report,
    slug,
    at,
    title: one.title,
    services: one.services ?? report.services,
    symptom: report.symptom === '' ? bare.symptom : report.symptom,
  };
}

function timeOf({ at }: BenchDocument): Date {
  return new Date(at ?? Number.NaN);
}

function rankingOf(ranked: readonly (readonly string[])[], gold: readonly ReadonlySet<string>[]): Ranking {
  const of = (measure: (ids: readonly string[], wanted: ReadonlySet<string>) => number): number =>
    ranked.length === 0
      ? 0
      : meanOf(ranked.map((ids, index) => measure(ids.slice(0, shown), gold[index] ?? new Set())));
  const within = (k: number) => (ids: readonly string[], wanted: ReadonlySet<string>) =>
    ids.slice(0, k).filter((id) => wanted.has(id)).length / wanted.size;
  return {
    questions: ranked.length,
    'r@1': of(within(1)),
    'hit@1': of((ids, wanted) => (wanted.has(ids[0] ?? '') ? 1 : 0)),
    'r@5': of(within(5)),
    mrr: of((ids, wanted) => {
      const rank = ids.findIndex((id) => wanted.has(id));
      return rank < 0 ? 0 : 1 / (rank + 1);
    }),
  };
}
