import { type KeyedHash, wholeHash } from './keyed-hash.ts';

/**
 * Hashes of parts of one text. The first few are taken unit by unit, for an ordinary text asks for none or two; a text that
 * asks for many is hashed once from its start to every place, and then any part is one step.
 */
export class Wholes {
  steps = 0;
  readonly #text: string;
  readonly #hash: KeyedHash;
  readonly #powers = new Map<number, number>();
  #direct: number;
  #prefixes: Uint32Array | undefined;

  constructor(text: string, hash: KeyedHash) {
    this.#text = text;
    this.#hash = hash;
    this.#direct = text.length / 2;
  }

  of(start: number, end: number): number {
    if (this.#prefixes === undefined && this.#direct >= end - start) {
      this.#direct -= end - start;
      this.steps += end - start;
      return wholeHash(this.#hash, this.#text, start, end);
    }
    this.steps += 1;
    this.#prefixes ??= this.#prefixHashes();
    const before = this.#prefixes[start] ?? 0;
    return ((this.#prefixes[end] ?? 0) - Math.imul(before, this.#power(end - start))) >>> 0;
  }

  #prefixHashes(): Uint32Array {
    const { numbers, base } = this.#hash;
    const prefixes = new Uint32Array(this.#text.length + 1);
    let hash = 0;
    for (let at = 0; at < this.#text.length; at += 1) {
      hash = (Math.imul(hash, base) + (numbers[this.#text.charCodeAt(at)] ?? 0)) | 0;
      prefixes[at + 1] = hash;
    }
    this.steps += this.#text.length;
    return prefixes;
  }

  #power(exponent: number): number {
    const known = this.#powers.get(exponent);
    if (known !== undefined) return known;
    let power = 1;
    for (let count = 0; count < exponent; count += 1) power = Math.imul(power, this.#hash.base);
    this.steps += exponent;
    this.#powers.set(exponent, power);
    return power;
  }
}
