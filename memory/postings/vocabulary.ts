import { repairable, trigramsOf } from '../text/trigrams.ts';

const least = 0.35;
const mostLengthApart = 2;

export interface Like {
  readonly term: string;
  readonly likeness: number;
}

/** The words of a shelf by their trigrams; it grows. */
export class Vocabulary {
  readonly #words: { readonly term: string; readonly length: number; readonly grams: number }[] = [];
  /** Trigram → the numbers of the words that have it. */
  readonly #holders = new Map<string, number[]>();

  get size(): number {
    return this.#words.length;
  }

  append(terms: readonly string[]): void {
    for (const term of terms) {
      const grams = trigramsOf(term);
      const number = this.#words.push({ term, length: lengthOf(term), grams: grams.length }) - 1;
      for (const gram of grams) {
        const holders = this.#holders.get(gram);
        if (holders === undefined) this.#holders.set(gram, [number]);
        else holders.push(number);
      }
    }
  }

  /** In no order. */
  like(word: string): readonly Like[] {
    if (!repairable(word)) return [];
    const grams = trigramsOf(word);
    const shared = new Uint8Array(this.#words.length);
    const touched: number[] = [];
    for (const gram of grams) {
      for (const holder of this.#holders.get(gram) ?? []) {
        const before = shared[holder] ?? 0;
        if (before === 0) touched.push(holder);
        shared[holder] = before + 1;
      }
    }
    const length = lengthOf(word);
    const found: Like[] = [];
    for (const number of touched) {
      const both = shared[number] ?? 0;
      // However few trigrams the other one has: two that are alike enough share at least this much. Most do not.
      if (both < grams.length * least) continue;
      const other = this.#words[number];
      if (other === undefined || Math.abs(other.length - length) > mostLengthApart) continue;
      const likeness = both / (grams.length + other.grams - both);
      if (likeness >= least) found.push({ term: other.term, likeness });
    }
    return found;
  }
}

/** Of several shelves: each word once, the most alike first. */
export function bestOf(found: Iterable<Like>, most: number): readonly Like[] {
  const byTerm = new Map([...found].map((like) => [like.term, like]));
  return [...byTerm.values()].sort((a, b) => b.likeness - a.likeness || (a.term < b.term ? -1 : 1)).slice(0, most);
}

/** In characters. */
function lengthOf(term: string): number {
  return [...term].length;
}
