import type { IndexView, Postings } from '../postings/port.ts';
import { inverseFrequency } from '../rank/bm25.ts';
import type { LexicalQuery } from '../rank/port.ts';
import { analyse, type Term } from '../text/analyse.ts';
import { repairable } from '../text/trigrams.ts';
import type { Alias, Aliases } from './aliases.ts';

/**
 * What a query may mean in the words of the shelves that are read.
 *
 *  asked    a term of the query, once
 *  unknown  no living document of these shelves has it
 *  repair   a word of these shelves that is like an unknown one: mistyped, most likely
 *  alias    another word for the same thing (aliases.ts)
 *  added    a word that whoever asks gave besides the query
 */
export interface Understood {
  readonly view: IndexView;
  readonly query: LexicalQuery;
  readonly asked: readonly AskedTerm[];
  readonly repairs: readonly Repair[];
  readonly aliases: readonly Alias[];
  readonly added: ReadonlySet<string>;
  /** Terms that were not looked for, because the query has too many. */
  readonly passedOver: number;
  /** The rarer a term is in these shelves, the more it says of what is meant (`rarity`). */
  rarityOf(term: string): number;
}

export interface AskedTerm {
  readonly term: string;
  readonly surface: string;
  readonly compound: boolean;
  readonly rarity: number;
  readonly unknown: boolean;
}

export interface Repair {
  /** As it stands in the query. */
  readonly from: string;
  readonly instead: string;
  readonly to: string;
  /** What a reader is told for `to`, of which only the stem is known: a word, or how it begins: `syncth…`. */
  readonly shown: string;
  readonly likeness: number;
}

const longestQuery = 20_000;
/** Distinct terms that are looked up, and of them the rarest that are searched for. */
const mostLookedUp = 256;
const mostAsked = 64;
const mostExtra = 128;
const mostRepaired = 8;
const mostRepairs = 3;
/** Looked up to find so many: words of dead entries are left in the vocabulary for a while. */
const mostLike = 8;
/** Trigrams of two different words are never all the same. */
const slipLikeness = 0.95;
const aliasWeight = 0.5;
const addedWeight = 0.4;

export interface Words {
  readonly query: string;
  readonly expanded?: string;
}

export async function understand(
  { postings, aliases }: { readonly postings: Postings; readonly aliases: Aliases },
  shelves: readonly number[],
  words: Words,
): Promise<Understood> {
  const all = analyse(start(words.query)).terms;
  const distinct = new Set(all.map(({ text }) => text));
  const lookedUp = new Set([...distinct].slice(0, mostLookedUp));
  const terms = all.filter(({ text }) => lookedUp.has(text));
  const meanings = aliases.of(terms).slice(0, mostExtra);
  const added = new Set(
    analyse(start(words.expanded ?? ''))
      .terms.map(({ text }) => text)
      .filter((term) => !lookedUp.has(term))
      .slice(0, mostExtra),
  );
  const sought = [...lookedUp, ...meanings.flatMap(({ terms: parts }) => parts.map(({ term }) => term)), ...added];
  const first = await postings.view(shelves, [...new Set(sought)]);

  const kept = rarest(terms, first);
  const known = meanings.filter(
    (alias) => alias.covers.every((term) => kept.has(term)) && alias.terms.some(({ term }) => holding(first, term) > 0),
  );
  const mistyped = new Map(
    terms
      .filter((term) => kept.has(term.text) && isRepairable(term) && holding(first, term.text) === 0)
      .filter(({ text }) => !known.some(({ covers }) => covers.includes(text)))
      .map((term) => [term.text, term]),
  );
  const proposed: Repair[] = [];
  for (const { text, surface } of [...mistyped.values()].slice(0, mostRepaired)) {
    const repair = { from: surface, instead: text };
    for (const slip of slipsOf(surface)) {
      proposed.push({ ...repair, to: slip.text, shown: slip.surface, likeness: slipLikeness });
    }
    for (const { term, likeness } of await postings.like(shelves, text, mostLike)) {
      proposed.push({ ...repair, to: term, shown: `${term}…`, likeness });
    }
  }
  // Asked for anew together: a view is of one moment, and two of them do not add up.
  const view =
    proposed.length === 0
      ? first
      : await postings.view(shelves, [...new Set([...sought, ...proposed.map(({ to }) => to)])]);
  // What only the dead hold is told nobody.
  const repairs = bestRepairs(proposed.filter(({ to }) => holding(view, to) > 0));
  const documents = view.shelves.reduce((sum, { documents: table, dead }) => sum + table.size - dead.size, 0);
  const rarityOf = (term: string): number => rarity(documents, holding(view, term));
  const asked = terms.filter(({ text }) => kept.has(text));
  return {
    view,
    query: {
      terms: asked,
      extra: [
        ...repairs.map(({ to, likeness, instead }) => ({ term: to, weight: likeness, instead })),
        ...known.flatMap(({ terms: parts, covers }) =>
          parts.map(({ term, part }) => ({ term, weight: aliasWeight * part, instead: covers[0] })),
        ),
        ...[...added].map((term) => ({ term, weight: addedWeight, instead: undefined })),
      ],
    },
    asked: [...new Map(asked.map((term) => [term.text, term])).values()].map(({ text, surface, compound }) => ({
      term: text,
      surface,
      compound,
      rarity: rarityOf(text),
      unknown: holding(view, text) === 0,
    })),
    repairs,
    aliases: known,
    added,
    passedOver: distinct.size - kept.size,
    rarityOf,
  };
}

/** A mistyped word is a word: an identifier that is not there is not taken for another one. */
function isRepairable({ text, compound }: Term): boolean {
  return !compound && repairable(text);
}

/**
 * What a slip of the finger was meant to be: two letters in the wrong order, one typed twice. Of a short word such a slip
 * leaves few of its trigrams, so these are looked up by themselves. Any other letter too many is left to likeness: without
 * one a word is easily another one that is meant as little, and a flight is no light.
 */
function slipsOf(surface: string): readonly Term[] {
  const letters = [...surface];
  const slips = letters.slice(1).map((letter, index) => {
    const before = letters.slice(0, index).join('');
    const after = letters.slice(index + 2).join('');
    const one = letters[index];
    return one === letter ? `${before}${one}${after}` : `${before}${letter}${one}${after}`;
  });
  return slips.flatMap((slip) => analyse(slip).terms).filter(({ text }) => repairable(text));
}

/** Each word once, and of a slip nothing but what it was meant to be. */
function bestRepairs(proposed: readonly Repair[]): readonly Repair[] {
  const byWord = Map.groupBy(proposed, ({ instead }) => instead);
  return [...byWord.values()].flatMap((repairs) => {
    const slips = repairs.filter(({ likeness }) => likeness === slipLikeness);
    const best = slips.length > 0 ? slips : repairs;
    return [...new Map(best.map((repair) => [repair.to, repair])).values()].slice(0, mostRepairs);
  });
}

/** Documents that are thought of beside those that are there, and that hold none of the words. */
const imagined = 300;
/** In how much of a document an unknown word would stand. */
const unheard = 0.3;

/**
 * What a word weighs. That a word stands in one of three entries does not make it a common one: it is counted as if there
 * were some hundreds more. That one stands in none of three says as little; it says the more the more was written.
 */
export function rarity(documents: number, holding: number): number {
  return holding === 0 ? Math.log(1 + (documents + 0.5) / unheard) : inverseFrequency(documents + imagined, holding);
}

/** All of them, when they are not too many; of too many those that tell most and are there at all. */
function rarest(terms: readonly Term[], view: IndexView): ReadonlySet<string> {
  const distinct = [...new Set(terms.map(({ text }) => text))];
  if (distinct.length <= mostAsked) return new Set(distinct);
  const there = distinct.map((term) => ({ term, holding: holding(view, term) })).filter((one) => one.holding > 0);
  return new Set(
    there
      .sort((a, b) => a.holding - b.holding)
      .slice(0, mostAsked)
      .map(({ term }) => term),
  );
}

/** Of more it is enough to know that one lives: there are more of them than dead. */
const countedExactly = 4_096;

/** How many living documents hold it, content or keywords. */
function holding({ shelves }: IndexView, term: string): number {
  return shelves.reduce((sum, { lists, dead }) => {
    const list = lists.get(term);
    if (list === undefined) return sum;
    if (dead.size === 0 || list.length > Math.max(countedExactly, dead.size)) return sum + list.length;
    const { numbers, length } = list;
    let living = 0;
    for (let at = 0; at < length; at += 1) if (!dead.has(numbers[at] as number)) living += 1;
    return sum + living;
  }, 0);
}

function start(text: string): string {
  return text.length <= longestQuery ? text : text.slice(0, longestQuery).toWellFormed();
}
