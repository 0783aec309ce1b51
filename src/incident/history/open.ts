import type { Corpora } from '../../../memory/corpus/port.ts';
import type { SectionHit } from '../../../memory/engine.ts';
import { analyse } from '../../../memory/text/analyse.ts';
import type { Coverage, Reach, Redact } from '../../kit/index.ts';
import type { LentDatabase } from '../../store/port.ts';
import type { Action } from '../action.ts';
import { shorten } from '../import/sections.ts';
import { sectionKindOf } from '../import/vocabulary.ts';
import type { IncidentRecord } from '../record/port.ts';
import { templateOf } from '../timeline/template.ts';
import { domainsIn } from './domains.ts';
import type { Candidate, History, HistoryAnswer, HistoryQuery } from './port.ts';
import { type HistoryQuestion, questionOf } from './question.ts';
import {
  indexText,
  type Nearness,
  notNear,
  type Standing,
  type Statistics,
  standardWeights,
  standingOf,
  termsOf,
  type Weights,
} from './ranking.ts';
import { readReports, writeReport } from './reports.ts';
import { createShelfReader, type ShelvedReport, sectionWeight } from './shelf.ts';
import { thresholds, verdictOf } from './verdict.ts';

/** The corpora of memory's index that history is sought in; importing writes them. */
export const historyCorpora = { report: 'post-mortems', 'known-issue': 'known-issues', runbook: 'runbooks' } as const;

export interface HistoryDependencies {
  readonly database: LentDatabase;
  /** Undefined where castellan.yaml takes memory away: reports are then found by what their own table holds. */
  readonly corpora: Reach<Corpora> | undefined;
  /** What was promised in a report is asked of the record. */
  readonly actions: Pick<IncidentRecord, 'actions'>;
  /** Of an agent's words, and of a dossier's. */
  readonly redact: Redact;
  now(): Date;
  readonly weights?: Weights;
}

const mostCandidates = 50;
const sectionsAsked = 50;
const longestQuery = 2_000;
const longestExcerpt = 600;

export function openHistory(dependencies: HistoryDependencies): History {
  const { database: lent, corpora, actions, redact, now, weights = standardWeights } = dependencies;
  const readShelf = createShelfReader();

  return {
    async search(query, signal) {
      signal.throwIfAborted();
      const asked = redacted(query, redact);
      const shelf = await readShelf(await lent.whenOpen());
      const bare = questionOf(asked, now());
      const past = shelf.reports.filter(({ report }) => isPast(report, bare));
      const question = withNamesOf(bare, shelf.statistics);
      const terms = termsOf(question, shelf.statistics);
      const index = await corpora?.();
      const hits = index === undefined ? noHits : await findSections(index, question, signal);
      const held = { question, terms, statistics: shelf.statistics, weights };
      const near = nearness(hits.report);
      const found = past.map((one) => ({
        one,
        standing: standingOf(held, one.indexed, near.get(one.report.slug) ?? notNear),
      }));
      const others = [
        ...othersOf('known-issue', hits['known-issue'], held),
        ...othersOf('runbook', hits.runbook, held),
      ];
      const ranked: readonly Ranked[] = [
        ...found
          .filter(({ standing }) => standing.score >= leastScore)
          .map((own) => ({ ...own, score: own.standing.score })),
        ...others,
      ];
      const best = [...ranked].sort((a, b) => b.score - a.score).slice(0, Math.min(query.limit, mostCandidates));
      const candidates: Candidate[] = [];
      for (const one of best)
        candidates.push('one' in one ? await reportCandidate(one.one, one.standing, actions) : one.candidate);
      // Over all reports, whether they were asked for or not: a short list must not hide a recurrence.
      const top = found.reduce((most, { standing }) => Math.max(most, standing.score), 0);
      const missing = index === undefined ? withoutIndex : [];
      return { candidates, verdict: verdictOf(top), searched: past.length, missing } satisfies HistoryAnswer;
    },

    async learn(report) {
      const database = await lent.whenOpen();
      await writeReport(database, report);
      // The row first: an index without its row would give candidates that nobody can show.
      const [kept] = await readReports(database, [report.slug]);
      if (kept === undefined) return;
      const { slug, title, markdown, at } = kept;
      const index = await corpora?.();
      await index?.open(historyCorpora.report).put([{ name: slug, title, text: markdown, at }]);
    },

    reports: async () => readReports(await lent.whenOpen(), 'all'),
  };
}

/** Fewer is noise: a word or two of a long question. */
const leastScore = 0.04;

type Ranked =
  | { readonly score: number; readonly one: ShelvedReport; readonly standing: Standing }
  | { readonly score: number; readonly candidate: Candidate };

function redacted(query: HistoryQuery, redact: Redact): HistoryQuery {
  return { ...query, text: redact(query.text).text };
}

function isPast(
  { at, incident }: { readonly at: Date; readonly incident: string | undefined },
  question: HistoryQuestion,
): boolean {
  return at < question.before && (incident === undefined || incident !== question.incident);
}

/** Names of services and alerts that reports know, where the words hold them. */
function withNamesOf(question: HistoryQuestion, statistics: Statistics): HistoryQuestion {
  const spoken = question.words.filter(({ weight }) => weight >= 0.8);
  // As it is written: `readers` are no mention of the app `reader`.
  const words = new Set(spoken.flatMap(({ text }) => analyse(text).terms.map(({ surface }) => surface)));
  const said = (names: Iterable<string>): readonly string[] => [...names].filter((name) => words.has(name));
  return {
    ...question,
    services: new Set([...question.services, ...said(statistics.services.keys())]),
    namespaces: new Set([...question.namespaces, ...said(statistics.namespaces.keys())]),
    alerts: new Set([...question.alerts, ...said(statistics.alerts.keys())]),
    domains: question.domains.size > 0 ? question.domains : domainsIn(question.words.map(({ text }) => text).join(' ')),
  };
}

type Hits = Readonly<Record<Candidate['kind'], readonly SectionHit[]>>;

const noHits: Hits = { report: [], 'known-issue': [], runbook: [] };
const withoutIndex: NonNullable<Coverage['missing']> = [
  { what: 'known issues and runbooks', why: 'memory, whose index has them, is off' },
];

/** Words of systems are many and alike: the index is asked with what people said. */
async function findSections(corpora: Corpora, question: HistoryQuestion, signal: AbortSignal): Promise<Hits> {
  const spoken = question.words.filter(({ weight }) => weight >= 0.8).map(({ text }) => text);
  const query = spoken.join('\n').slice(0, longestQuery).toWellFormed();
  const ask = async (name: string): Promise<readonly SectionHit[]> =>
    query.trim() === '' ? [] : corpora.open(name).search(query, { limit: sectionsAsked, signal });
  return {
    report: await ask(historyCorpora.report),
    'known-issue': await ask(historyCorpora['known-issue']),
    runbook: await ask(historyCorpora.runbook),
  };
}

/** By document. */
function nearness(hits: readonly SectionHit[]): ReadonlyMap<string, Nearness> {
  return new Map(
    [...Map.groupBy(hits, ({ document }) => document)].map(([document, sections]) => {
      const heights = sections.map(({ heading, score }) => {
        const kind = sectionKindOf(heading.split(' > ').slice(1).at(-1) ?? '');
        return Math.min(1, score * Math.min(1, sectionWeight(kind)));
      });
      const froms = sections.flatMap(({ why }) =>
        [...why.aliases, ...why.repaired].map(({ from }) => from.toLowerCase()),
      );
      const aliases = new Set(froms.flatMap((from) => [from, ...from.split(/\s+/)]));
      return [document, { height: Math.max(...heights), aliases }];
    }),
  );
}

/** Of what is in the index alone its sections are judged, as a report is by its fields. */
function othersOf(
  kind: 'known-issue' | 'runbook',
  hits: readonly SectionHit[],
  held: Parameters<typeof standingOf>[0],
): readonly Ranked[] {
  const near = nearness(hits);
  return [...Map.groupBy(hits, ({ document }) => document)].flatMap(([document, sections]) => {
    const [first] = sections;
    if (first === undefined) return [];
    const title = first.heading.split(' > ')[0] ?? document;
    const text = sections.map(({ content }) => content).join('\n');
    const indexed = {
      ...indexText([
        { text: title, weight: 2 },
        { text, weight: 1 },
      ]),
      services: new Set<string>(),
      namespaces: new Set<string>(),
      alerts: new Set<string>(),
      domains: new Set<string>(),
      template: templateOf(text),
    };
    const standing = standingOf(held, indexed, near.get(document) ?? notNear);
    const score = standing.score * held.weights.other;
    if (score < leastScore) return [];
    const fix = sections.find(({ heading }) => sectionKindOf(heading.split(' > ').at(-1) ?? '') === 'fix');
    return [
      {
        score,
        candidate: {
          kind,
          document,
          title,
          at: first.at,
          score: rounded(score),
          why: standing.why,
          hint: score >= thresholds.related ? 'related' : 'first-recorded',
          cause: undefined,
          fix: fix === undefined ? undefined : shorten(fix.content, longestExcerpt),
          actions: [],
        },
      },
    ];
  });
}

async function reportCandidate(
  { report }: ShelvedReport,
  standing: Standing,
  record: Pick<IncidentRecord, 'actions'>,
): Promise<Candidate> {
  return {
    kind: 'report',
    document: report.slug,
    title: report.title,
    at: report.at,
    score: rounded(standing.score),
    why: standing.why,
    hint: verdictOf(standing.score),
    cause: excerptOf(report.cause),
    fix: excerptOf(report.fix),
    actions: await actionsOf(report, record),
  };
}

/** Under the report's name, and of ours under the incident's. */
async function actionsOf(
  { slug, incident }: ShelvedReport['report'],
  record: Pick<IncidentRecord, 'actions'>,
): Promise<readonly Action[]> {
  const owner = incident === undefined ? { report: slug } : { incident };
  const { actions } = await record.actions({ ...owner, limit: 50, skip: 0 });
  return actions;
}

function excerptOf(text: string): string | undefined {
  return text.trim() === '' ? undefined : shorten(text, longestExcerpt);
}

function rounded(score: number): number {
  return Math.round(score * 1_000) / 1_000;
}
