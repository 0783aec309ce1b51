import type { Queryable } from '../../store/database.ts';
import { readMarkdown } from '../import/markdown.ts';
import { outlineOf, proseOf } from '../import/sections.ts';
import type { SectionKind } from '../import/vocabulary.ts';
import { templateOf } from '../timeline/template.ts';
import { domainsIn } from './domains.ts';
import type { PastReport } from './port.ts';
import { type Field, type Indexed, indexText, type Statistics, statisticsOf } from './ranking.ts';
import { readHashes, readReports } from './reports.ts';

/** Every report in memory, as it is held against questions. What was read is kept; only what is new or another is read again. */
export interface Shelf {
  readonly reports: readonly ShelvedReport[];
  readonly statistics: Statistics;
}

export interface ShelvedReport {
  readonly report: PastReport;
  readonly indexed: Indexed;
}

/** How much a word says of an outage, by where it stands: what is promised or attached is said of much else. */
const sectionWeights: Readonly<Record<SectionKind, number>> = {
  summary: 1.5,
  symptom: 1.5,
  cause: 1.3,
  contributing: 1,
  impact: 1.2,
  fix: 0.8,
  detection: 0.8,
  timeline: 0.7,
  lessons: 0.5,
  recurrence: 0.4,
  actions: 0.35,
  facts: 0.5,
  raw: 0.2,
};

export function sectionWeight(kind: SectionKind | undefined): number {
  return kind === undefined ? 1 : sectionWeights[kind];
}

export function createShelfReader(): (queryable: Queryable) => Promise<Shelf> {
  let known = new Map<string, { readonly hash: string; readonly one: ShelvedReport }>();
  let shelf: Shelf = { reports: [], statistics: statisticsOf([]) };
  return async (queryable) => {
    const hashes = await readHashes(queryable);
    const stale = [...hashes].filter(([slug, hash]) => known.get(slug)?.hash !== hash).map(([slug]) => slug);
    if (stale.length === 0 && hashes.size === known.size) return shelf;
    const fresh = new Map(
      (await readReports(queryable, stale)).map((report) => [report.slug, { report, indexed: indexReport(report) }]),
    );
    const next = new Map<string, { readonly hash: string; readonly one: ShelvedReport }>();
    for (const [slug, hash] of hashes) {
      const one = fresh.get(slug) ?? known.get(slug)?.one;
      if (one !== undefined) next.set(slug, { hash, one });
    }
    known = next;
    const reports = [...next.values()].map(({ one }) => one);
    shelf = { reports, statistics: statisticsOf(reports.map(({ indexed }) => indexed)) };
    return shelf;
  };
}

function indexReport(report: PastReport): Indexed {
  const { sections } = outlineOf(readMarkdown(withoutMatter(report.markdown)).blocks);
  const fields: Field[] = [
    { text: report.title, weight: 2 },
    ...sections.map(({ kind, headings, blocks }) => ({
      text: `${headings.at(-1) ?? ''}\n${proseOf(blocks)}`,
      weight: sectionWeight(kind),
    })),
  ];
  const lower = (names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()));
  return {
    ...indexText(fields),
    services: lower(report.services),
    namespaces: lower(report.namespaces),
    alerts: lower(report.alerts),
    domains: domainsIn(`${report.title} ${report.symptom} ${report.cause}`),
    template: templateOf(report.markdown.slice(0, 60_000)),
  };
}

function withoutMatter(markdown: string): string {
  const [matter = ''] = /^---[ \t]*\n[\s\S]{0,16000}?\n---[ \t]*\n/.exec(markdown) ?? [];
  return markdown.slice(matter.length);
}
