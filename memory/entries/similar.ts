import type { Similar } from '../engine.ts';
import { memoryError } from '../errors.ts';
import type { IndexView } from '../postings/port.ts';
import { identifierLike } from '../rank/exact.ts';
import { rankLexical } from '../rank/lexical.ts';
import { countHolding, livingOf } from '../rank/living.ts';
import { analyse, type Term } from '../text/analyse.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { comparableOf, compare } from './likeness.ts';
import { readEntries } from './rows.ts';
import { readableShelves } from './shelves.ts';

/** What is asked for, of what the index finds first; what is told of it at most. */
const mostCandidates = 8;
const mostTold = 5;
/** A long text is looked for by the words that tell most of it. */
const mostTerms = 48;
/** In more entries than these, and than one in twenty, a term is common. */
const fewEntries = 3;
const fewOfAll = 1 / 20;

export interface Sought {
  readonly content: string;
  /** Entries it is known to stand beside: itself, and what it supersedes. */
  readonly except: ReadonlySet<number>;
}

/**
 * What there is already that says almost the same or the opposite, nearest first; looked for among the entries that this human
 * may read, that live and are still true. It runs outside of the transaction that stores, so of two that are stored at the same moment
 * neither is told of the other.
 */
export async function findSimilar(
  { database, postings, now }: Pick<EntriesDependencies, 'database' | 'postings' | 'now'>,
  human: string,
  { content, except }: Sought,
): Promise<readonly Similar[]> {
  const terms = tellingTerms(analyse(content).terms);
  if (terms.length === 0) return [];
  const shelves = (await readableShelves(database, human)).map(({ id }) => id);
  const view = await postings.view(
    shelves,
    terms.map(({ text }) => text),
  );
  const candidates = rankLexical(view, { terms, extra: [] }, { limit: mostCandidates + except.size });
  const entries = await readEntries(
    database,
    human,
    candidates.map(({ item }) => item),
  );
  const isCommon = commonIn(view);
  const added = comparableOf(content, isCommon);
  const at = now();
  const similar: Similar[] = [];
  for (const { id, ...rest } of entries.values()) {
    const { content: there, validTo } = rest;
    if (there === undefined || except.has(id) || (validTo !== undefined && validTo <= at)) continue;
    const likeness = compare(added, comparableOf(there, isCommon));
    if (likeness !== undefined) similar.push({ id, ...likeness, entry: { id, ...rest } });
  }
  return similar.sort((a, b) => b.likeness - a.likeness || b.id - a.id).slice(0, mostTold);
}

/** Errors: `memory-duplicate` naming the nearest. */
export function refuseDuplicates(similar: readonly Similar[]): void {
  const same = similar.find(({ kind }) => kind === 'duplicate');
  if (same === undefined) return;
  throw duplicateOf(same.id, `#${same.id} says almost the same already`);
}

export function duplicateOf(id: number, message: string): Error {
  return memoryError('memory-duplicate', {
    message: `${message}; nothing was stored`,
    next: `update #${id} if it is yours, link to it, or store it anyway with force`,
  });
}

function tellingTerms(terms: readonly Term[]): readonly Term[] {
  const distinct = new Map(terms.map((term) => [term.text, term]));
  if (distinct.size <= mostTerms) return terms;
  const telling = [...distinct.values()]
    .sort((a, b) => Number(identifierLike(b)) - Number(identifierLike(a)) || b.text.length - a.text.length)
    .slice(0, mostTerms);
  const kept = new Set(telling.map(({ text }) => text));
  return terms.filter(({ text }) => kept.has(text));
}

function commonIn(view: IndexView): (term: string) => boolean {
  const living = livingOf(view);
  const most = Math.max(fewEntries, living.count * fewOfAll);
  const known = new Map<string, boolean>();
  return (term) => {
    const before = known.get(term);
    if (before !== undefined) return before;
    const holding = living.shelves.reduce((sum, shelf) => {
      const list = shelf.view.lists.get(term);
      return list === undefined ? sum : sum + countHolding(shelf, list);
    }, 0);
    known.set(term, holding > most);
    return holding > most;
  };
}
