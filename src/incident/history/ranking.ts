import { analyse } from '../../../memory/text/analyse.ts';
import type { HistoryQuestion } from './question.ts';

/**
 * How much a document is about what is asked, from 0 to 1, and comparable between questions: the verdict rests on it. Three
 * things speak for it, and each takes a share of what is left: 1 − (1 − words)(1 − structure)(1 − meaning).
 *
 *  words      the part of the question's words that it holds, rare ones counting more (BM25 over weighted fields, over the most
 *             that could be reached)
 *  structure  the same error text, alert, service, namespace, domain; each counts for as much as it is rare among reports
 *  meaning    how near memory's index, whose embeddings may be there or not, found one of its sections
 */
export interface Weights {
  readonly k1: number;
  readonly b: number;
  readonly words: number;
  readonly error: number;
  readonly alert: number;
  readonly service: number;
  readonly namespace: number;
  readonly domain: number;
  readonly meaning: number;
  /** How much a word counts that a section holds under another name or spelling. */
  readonly alias: number;
  /** What is no report stands behind one that says as much: it is written in the words of many outages. */
  readonly other: number;
}

export const standardWeights: Weights = {
  k1: 0.6,
  b: 0.6,
  words: 0.9,
  error: 0.4,
  alert: 0.3,
  service: 0.15,
  namespace: 0.06,
  domain: 0.02,
  meaning: 0.1,
  alias: 0.7,
  other: 0.5,
};

export interface Field {
  readonly text: string;
  /** How much a word counts there. */
  readonly weight: number;
}

/** A document as it is held against a question. */
export interface Indexed {
  readonly frequencies: ReadonlyMap<string, number>;
  readonly length: number;
  readonly services: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  readonly alerts: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  /** Its text as a template: error texts are looked for in it. */
  readonly template: string;
}

/** How common things are among the reports: what is in all of them tells nothing. */
export interface Statistics {
  readonly documents: number;
  readonly averageLength: number;
  readonly holding: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, number>;
  readonly namespaces: ReadonlyMap<string, number>;
  readonly alerts: ReadonlyMap<string, number>;
}

/** What memory's index said of a document's sections. */
export interface Nearness {
  /** From 0 to 1: of its best section, as its kind weighs. */
  readonly height: number;
  /** Words of the question that it holds under another name or spelling, lower case. */
  readonly aliases: ReadonlySet<string>;
}

export const notNear: Nearness = { height: 0, aliases: new Set() };

export interface Standing {
  readonly score: number;
  readonly words: number;
  /** Our words, the strongest first. */
  readonly why: readonly string[];
}

export function indexText(fields: readonly Field[]): Pick<Indexed, 'frequencies' | 'length'> {
  const frequencies = new Map<string, number>();
  let length = 0;
  for (const { text, weight } of fields) {
    const { terms, length: positions } = analyse(text);
    length += positions;
    for (const term of terms) frequencies.set(term.text, (frequencies.get(term.text) ?? 0) + weight);
  }
  return { frequencies, length };
}

export function statisticsOf(reports: readonly Indexed[]): Statistics {
  const total = reports.reduce((sum, { length }) => sum + length, 0);
  return {
    documents: reports.length,
    averageLength: Math.max(1, total / Math.max(1, reports.length)),
    holding: countOf(reports.map(({ frequencies }) => frequencies.keys())),
    services: countOf(reports.map(({ services }) => services)),
    namespaces: countOf(reports.map(({ namespaces }) => namespaces)),
    alerts: countOf(reports.map(({ alerts }) => alerts)),
  };
}

/** The question's words with how much each counts: as rare as it is, as near as it was said. */
export type WeightedTerms = ReadonlyMap<string, { readonly weight: number; readonly surface: string }>;

const mostTerms = 80;

export function termsOf(question: HistoryQuestion, statistics: Statistics): WeightedTerms {
  const terms = new Map<string, { weight: number; surface: string }>();
  for (const { text, weight } of question.words) {
    for (const { text: term, surface, compound } of analyse(text).terms) {
      const holding = statistics.holding.get(term) ?? 0;
      // A compound that nobody wrote before says no more than its parts, and a small number is how long or how many.
      if ((compound && holding === 0) || /^\d{1,2}$/.test(term)) continue;
      const own = weight * rarity(holding, statistics.documents) * (holding === 0 ? 0.5 : 1);
      if (own > (terms.get(term)?.weight ?? 0)) terms.set(term, { weight: own, surface });
    }
  }
  return new Map([...terms].sort(([, a], [, b]) => b.weight - a.weight).slice(0, mostTerms));
}

export function standingOf(
  {
    question,
    terms,
    statistics,
    weights,
  }: {
    readonly question: HistoryQuestion;
    readonly terms: WeightedTerms;
    readonly statistics: Statistics;
    readonly weights: Weights;
  },
  document: Indexed,
  near: Nearness,
): Standing {
  const { k1, b } = weights;
  const flat = k1 * (1 - b + (b * document.length) / statistics.averageLength);
  let reached = 0;
  let most = 0;
  const held: { readonly surface: string; readonly gain: number }[] = [];
  for (const [term, { weight, surface }] of terms) {
    most += weight;
    const times = document.frequencies.get(term) ?? (near.aliases.has(surface) ? weights.alias : 0);
    if (times === 0) continue;
    const gain = (weight * times) / (times + flat);
    reached += gain;
    held.push({ surface, gain });
  }
  const words = most === 0 ? 0 : reached / most;
  const told = [...held]
    .sort((one, other) => other.gain - one.gain)
    .slice(0, 6)
    .map(({ surface }) => surface);
  const shared = sharedBetween(question, document, statistics, weights);
  const structure = 1 - shared.reduce((left, { strength }) => left * (1 - strength), 1);
  const score = 1 - (1 - weights.words * words) * (1 - structure) * (1 - weights.meaning * near.height);
  return {
    score,
    words,
    why: [...shared.map(({ why }) => why), ...(told.length === 0 ? [] : [`words: ${told.join(', ')}`])],
  };
}

interface Shared {
  readonly strength: number;
  readonly why: string;
}

function sharedBetween(
  question: HistoryQuestion,
  document: Indexed,
  statistics: Statistics,
  weights: Weights,
): readonly Shared[] {
  const names = (
    kind: string,
    asked: ReadonlySet<string>,
    own: ReadonlySet<string>,
    holding: ReadonlyMap<string, number>,
    weight: number,
  ): readonly Shared[] =>
    [...asked]
      .filter((name) => own.has(name))
      .slice(0, 5)
      .map((name) => ({
        strength: weight * relativeRarity(holding.get(name) ?? 0, statistics.documents),
        why: `same ${kind} ${name}`,
      }));
  const errors = question.errors
    .filter((error) => document.template.includes(error))
    .slice(0, 3)
    .map((error) => ({ strength: weights.error, why: `same error ${JSON.stringify(error.slice(0, 80))}` }));
  const domains = [...question.domains]
    .filter((domain) => document.domains.has(domain))
    .map((domain) => ({ strength: weights.domain, why: `same domain ${domain}` }));
  return [
    ...errors,
    ...names('alert', question.alerts, document.alerts, statistics.alerts, weights.alert),
    ...names('service', question.services, document.services, statistics.services, weights.service),
    ...names('namespace', question.namespaces, document.namespaces, statistics.namespaces, weights.namespace),
    ...domains,
  ];
}

function rarity(holding: number, documents: number): number {
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

/** 1: it is one report's own. */
function relativeRarity(holding: number, documents: number): number {
  if (documents <= 1) return 1;
  return Math.min(1, Math.max(0, rarity(Math.max(1, holding), documents) / rarity(1, documents)));
}

function countOf(sets: readonly Iterable<string>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const one of set) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
