import type { Similar } from '../engine.ts';
import { analyse, type Term } from '../text/analyse.ts';
import { contradiction, isFigure, sidesOf } from './contradiction.ts';

/**
 * How two texts stand to each other, by words alone.
 *
 *  subject    the rare terms that are no figure: what a text is about
 *  likeness   how much of both subjects is shared, 0 to 1
 *  duplicate  as good as the same words, and nothing in them that is against each other
 *  conflict   the same subject, and another number, date, version or address, or one says what the other denies
 */
export interface Likeness {
  readonly likeness: number;
  readonly kind: Similar['kind'];
  readonly why: string;
}

const duplicateFrom = 0.9;
const conflictFrom = 0.55;
const relatedFrom = 0.2;
/** One word in common is chance, unless there are hardly any others. */
const fewestShared = 2;
/** With fewer terms of its own a text is about them all, rare or not. */
const fewestRare = 3;
const mostWords = 6;

/** What a text is compared by; made once for a text that is compared to several. */
export interface Comparable {
  readonly text: string;
  readonly all: ReadonlySet<string>;
  readonly subject: ReadonlySet<string>;
  readonly surfaces: ReadonlyMap<string, string>;
}

/** `isCommon`: whether a term stands in so many entries that it tells nothing of what one is about. */
export function comparableOf(text: string, isCommon: (term: string) => boolean): Comparable {
  const { terms } = analyse(text);
  const plain = terms.filter((term) => !isFigure(term.text) && !sidesOf(term.text));
  const rare = plain.filter((term) => !isCommon(term.text));
  const subject = new Set((distinct(rare) < fewestRare ? plain : rare).map((term) => term.text));
  return {
    text,
    all: new Set(terms.map((term) => term.text)),
    subject,
    surfaces: new Map(terms.map((term) => [term.text, term.surface])),
  };
}

/** Undefined when they have too little in common to be told of. */
export function compare(added: Comparable, there: Comparable): Likeness | undefined {
  const likeness = jaccard(added.subject, there.subject);
  if (likeness < relatedFrom || (likeness < conflictFrom && sharedOf(added, there).length < fewestShared))
    return undefined;
  const against = likeness < conflictFrom ? undefined : contradiction(there.text, added.text);
  if (against !== undefined) return { likeness, kind: 'conflict', why: `the same subject, ${against}` };
  if (likeness >= duplicateFrom && jaccard(added.all, there.all) >= duplicateFrom)
    return { likeness, kind: 'duplicate', why: 'almost the same words' };
  return { likeness, kind: 'related', why: sharedWords(added, there) };
}

function sharedOf(added: Comparable, there: Comparable): readonly string[] {
  return [...added.subject].filter((term) => there.subject.has(term));
}

function sharedWords(added: Comparable, there: Comparable): string {
  const words = [...new Set(sharedOf(added, there).map((term) => added.surfaces.get(term) ?? term))];
  return `both are about ${words.slice(0, mostWords).join(', ')}${words.length > mostWords ? ', …' : ''}`;
}

function distinct(terms: readonly Term[]): number {
  return new Set(terms.map(({ text }) => text)).size;
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((term) => other.has(term)).length;
  const union = one.size + other.size - shared;
  return union === 0 ? 0 : shared / union;
}
