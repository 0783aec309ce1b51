import type { Term } from '../text/analyse.ts';
import { countLiving, type Living } from './living.ts';

/** An identifier in more documents than that does not tell which of them is meant. */
const mostHolding = 3;

/** What is typed letter by letter and means one thing: an address, a host, a version, an error code. A bare year or small number is none. */
export function identifierLike({ text, compound }: Pick<Term, 'text' | 'compound'>): boolean {
  if (compound || /[.\-_/:@]/.test(text)) return true;
  if (!/\p{N}/u.test(text)) return false;
  return /\D/.test(text) || (text.length >= 4 && !/^(?:19|20)\d\d$/.test(text));
}

/** The terms of a query that are identifiers and stand, content or keywords, in one to three living documents. */
export function rareIdentifiers(living: Living, terms: readonly Term[]): ReadonlySet<string> {
  const asked = new Set(terms.filter(identifierLike).map(({ text }) => text));
  return new Set([...asked].filter((term) => countLiving(living, term, mostHolding + 1) <= mostHolding));
}
