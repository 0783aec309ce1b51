import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { analyse, type Term } from '../text/analyse.ts';

/**
 * Words that mean the same: reference/aliases.yaml.
 *
 *  group   words for one thing; each of them may be several words in a row
 *  alias   what a word of the query means as well: another one of its group
 */
export interface Aliases {
  of(terms: readonly Term[]): readonly Alias[];
}

export interface Alias {
  /** As it stands in the query. */
  readonly from: string;
  /** As it stands in the table. */
  readonly to: string;
  /** The terms of the query that it stands for. */
  readonly covers: readonly string[];
  /** The terms it is looked for by, each with its part of 1. */
  readonly terms: readonly { readonly term: string; readonly part: number }[];
}

interface Member {
  readonly written: string;
  /** Its words as terms, in a row. */
  readonly key: string;
  readonly terms: Alias['terms'];
}

const mostWords = 4;

export function createAliases(groups: readonly (readonly string[])[]): Aliases {
  const byWords = new Map<string, Member[]>();
  const shortened = new Set(
    groups.flat().flatMap((written) => analyse(written).terms.filter(isShortened).map(surfaceOf)),
  );
  const keyOf = (words: readonly Term[]): string =>
    words.map(({ text, surface }) => (shortened.has(surface) ? surface : text)).join(' ');
  for (const group of groups) {
    const members = group.map((written) => memberOf(written, keyOf));
    for (const { key } of members) {
      byWords.set(key, [...(byWords.get(key) ?? []), ...members.filter((other) => other.key !== key)]);
    }
  }
  const othersOf = (said: readonly Term[]): readonly Member[] => byWords.get(keyOf(said)) ?? [];
  /** The longest phrase at the start that is in the table: `network policy` is not also `network`. None: empty. */
  const longestKnown = (words: readonly Term[]): readonly Term[] => {
    const lengths = [...words.keys()].map((index) => words.length - index);
    return words.slice(0, lengths.find((length) => byWords.has(keyOf(words.slice(0, length)))) ?? 0);
  };
  return {
    of(terms) {
      const words = terms.filter(({ compound }) => !compound);
      const asked = new Set(terms.map(({ text }) => text));
      const found = new Map<string, Alias>();
      let start = 0;
      while (start < words.length) {
        const said = longestKnown(words.slice(start, start + mostWords));
        start += Math.max(1, said.length);
        const from = said.map(({ surface }) => surface).join(' ');
        const covers = said.map(({ text }) => text);
        for (const { written, terms: means } of othersOf(said)) {
          // What is asked for by itself needs no alias.
          if (means.some(({ term }) => asked.has(term))) continue;
          found.set(`${from}\0${written}`, { from, to: written, covers, terms: means });
        }
      }
      return [...found.values()];
    },
  };
}

/** A word counts whole. Of several the compound counts whole, and each by itself as much as it is of them. */
function memberOf(written: string, keyOf: (words: readonly Term[]) => string): Member {
  const { terms } = analyse(written);
  const words = terms.filter(({ compound }) => !compound);
  const parts = terms.map(({ text, compound }) => ({ term: text, part: compound ? 1 : 1 / words.length }));
  return { written, key: keyOf(words), terms: parts };
}

/** What a stemmer takes for a plural, and makes another word of: a UPS is not up, and DNS no distinguished name. */
function isShortened({ text, surface }: Term): boolean {
  return text !== surface && text.length < 3;
}

function surfaceOf({ surface }: Term): string {
  return surface;
}

const table = z.strictObject({
  aliases: z.array(z.array(z.string().regex(/^[a-z0-9]+([ .-][a-z0-9]+)*$/)).min(2)),
});

/** Errors: of zod, when the text is not of the shape. */
export function parseAliases(text: string): Aliases {
  return createAliases(table.parse(parse(text)).aliases);
}

/** reference/ lies beside memory/, and beside dist/ in a package. */
export function loadAliases(): Aliases {
  const places = [new URL('../../reference/', import.meta.url), new URL('../../../reference/', import.meta.url)];
  const file = places.map((folder) => new URL('aliases.yaml', folder)).find((place) => existsSync(place));
  if (file === undefined) throw new Error('reference/aliases.yaml is not part of this installation');
  return parseAliases(readFileSync(file, 'utf8'));
}
