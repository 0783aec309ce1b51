import { adjacent } from './bigrams.ts';
import { addContent, addKeywords } from './bm25.ts';
import { countLiving, type Living } from './living.ts';
import type { LexicalQuery } from './port.ts';
import type { Weights } from './weights.ts';

/** What is asked, taken apart: every term once, every pair of neighbours once. */
export interface Clauses {
  readonly terms: readonly Clause[];
  readonly pairs: readonly { readonly first: string; readonly second: string; readonly weight: number }[];
}

export interface Clause {
  readonly term: string;
  readonly weight: number;
}

/** A word that nobody wrote makes its pairs by what it was repaired to. */
export function clausesOf({ terms, extra }: LexicalQuery, living: Living): Clauses {
  const weights = new Map<string, number>();
  for (const { text } of terms) weights.set(text, 1);
  for (const { term, weight } of extra) weights.set(term, Math.max(weight, weights.get(term) ?? 0));

  const standsFor = (term: string): readonly Clause[] =>
    countLiving(living, term, 1) > 0 ? [{ term, weight: 1 }] : extra.filter(({ instead }) => instead === term);

  const words = terms.filter(({ compound }) => !compound);
  const pairs = new Map<string, { first: string; second: string; weight: number }>();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (next === undefined || next.position !== word.position + 1) continue;
    for (const first of standsFor(word.text)) {
      for (const second of standsFor(next.text)) {
        const key = `${first.term} ${second.term}`;
        pairs.set(key, { first: first.term, second: second.term, weight: first.weight * second.weight });
      }
    }
  }
  return { terms: [...weights].map(([term, weight]) => ({ term, weight })), pairs: [...pairs.values()] };
}

/** What each document holds itself of what is asked, by place. */
export function ownScores(living: Living, { terms, pairs }: Clauses, weights: Weights): Float32Array {
  const scores = new Float32Array(living.size);
  for (const { term, weight } of terms) {
    const lists = living.shelves.map(({ view }) => view.lists.get(term));
    addContent(living, lists, weight, scores);
    addKeywords(living, term, weights.keywords * weight, scores);
  }
  for (const { first, second, weight } of pairs) {
    addContent(living, adjacent(living, first, second), weights.pairs * weight, scores);
  }
  return scores;
}
