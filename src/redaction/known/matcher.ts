import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { macOf, shortWindowUnits, windowHash, windowUnits } from './keyed-hash.ts';
import type { PatternTable, TablePattern } from './table.ts';
import { Wholes } from './wholes.ts';

/**
 * Finds the patterns of a table in a text: the hash of every window is looked up in the words, what they let through in the
 * table; then the hash of the whole, then the MAC. The text is copied out in blocks, for reading a typed array is what
 * makes a unit cost a few nanoseconds.
 *
 * The work is bounded whatever the text: the hash of a whole costs one step once many were asked for, MACs are taken of
 * eight times the text at most (then the two keyed hashes decide: more is masked, not less), and a text whose windows all
 * belong to thousands of patterns is given up, which withholds it.
 */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly pattern: TablePattern;
}

export interface Matched {
  readonly matches: readonly Match[];
  readonly steps: number;
}

/** `only`: nothing but class a. */
export type Matcher = (text: string, only?: 'a') => Matched;

const blockUnits = 32_768;
const mostStepsPerUnit = 256;
const fewSteps = 4_000_000;

export function createMatcher(table: PatternTable): Matcher {
  const { words, shift, hash, patterns } = table;
  // Signed: unsigned numbers above 2^31 would be kept as floating point between the steps, at half the speed.
  const numbers = new Int32Array(hash.numbers.buffer, hash.numbers.byteOffset, hash.numbers.length);
  const block = new Uint16Array(blockUnits);
  const blockBytes = Buffer.from(block.buffer);
  const { slotWindows, slotFirsts, mask } = slotsOf(table.firstWith);

  return (text, only) => {
    const matches: Match[] = [];
    const last = new Map<TablePattern, { end: number }>();
    if (text.length < shortWindowUnits) return { matches, steps: text.length };
    const check = new Checks(text, table);
    const mostSteps = fewSteps + mostStepsPerUnit * text.length;

    /** One that overlaps itself, as `abcabc` in `abcabcabc`, is one match as far as it goes. */
    const add = (pattern: TablePattern, start: number): void => {
      const end = start + pattern.length;
      const before = last.get(pattern);
      if (before !== undefined && start <= before.end) {
        before.end = Math.max(before.end, end);
        return;
      }
      const match = { start, end, pattern };
      last.set(pattern, match);
      matches.push(match);
    };
    /** Patterns from `first` on, with a window whose last unit is at `windowEnd`. */
    const candidates = (first: number, windowEnd: number): void => {
      const window = patterns[first]?.window;
      for (let index = first; ; index += 1) {
        const pattern = patterns[index];
        if (pattern === undefined || pattern.window !== window) break;
        check.steps += 1;
        if (only !== undefined && pattern.class !== only) continue;
        const start = windowEnd - windowUnits + 1 - pattern.offset;
        if (start < 0 || start + pattern.length > text.length) continue;
        if (check.holds(pattern, start)) add(pattern, start);
      }
      if (check.steps > mostSteps) throw new Error('a text that costs too much to look through');
    };
    const passed = (window: number, windowEnd: number): void => {
      let slot = window & mask;
      let first = slotFirsts[slot] as number;
      while (first !== 0) {
        if (slotWindows[slot] === window) {
          candidates(first - 1, windowEnd);
          return;
        }
        slot = (slot + 1) & mask;
        first = slotFirsts[slot] as number;
      }
    };

    if (patterns.length > 0) {
      let h = 0;
      let [t, w, n0, n1, n2, n3, n4, n5, n6, n7] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let from = 0; from < text.length; from += blockUnits) {
        const units = blockBytes.write(text.slice(from, from + blockUnits), 'utf16le') >> 1;
        // Behind the end up to eight units are read that are not there; no pattern reaches over it.
        for (let at = 0; at < units; at += 8) {
          t = numbers[block[at] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n0;
          n0 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at);
          t = numbers[block[at + 1] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n1;
          n1 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 1);
          t = numbers[block[at + 2] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n2;
          n2 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 2);
          t = numbers[block[at + 3] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n3;
          n3 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 3);
          t = numbers[block[at + 4] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n4;
          n4 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 4);
          t = numbers[block[at + 5] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n5;
          n5 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 5);
          t = numbers[block[at + 6] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n6;
          n6 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 6);
          t = numbers[block[at + 7] as number] as number;
          h = ((h << 4) | (h >>> 28)) ^ t ^ n7;
          n7 = t;
          w = words[h >>> shift] as number;
          if (((w >>> h) & (w >>> (h >>> 5)) & (w >>> (h >>> 10)) & 1) !== 0) passed(h, from + at + 7);
        }
      }
    }
    if (only === undefined && table.short.size > 0) findShort(text, table, check, matches);
    return { matches, steps: text.length + check.steps };
  };
}

/** What a text holds at a place, by hash and by MAC; both are counted. */
class Checks {
  readonly #text: string;
  readonly #macKey: KeyObject;
  readonly #wholes: Wholes;
  #macUnits: number;
  #own = 0;

  constructor(text: string, { hash, macKey }: PatternTable) {
    this.#text = text;
    this.#macKey = macKey;
    this.#wholes = new Wholes(text, hash);
    this.#macUnits = 65_536 + 8 * text.length;
  }

  get steps(): number {
    return this.#own + this.#wholes.steps;
  }

  set steps(steps: number) {
    this.#own = steps - this.#wholes.steps;
  }

  holds({ length, whole, mac }: TablePattern, start: number): boolean {
    if (this.#wholes.of(start, start + length) !== whole) return false;
    if (this.#macUnits < length) return true;
    this.#macUnits -= length;
    this.#own += length;
    return timingSafeEqual(macOf(this.#macKey, this.#text.slice(start, start + length)), mac);
  }
}

/** Short values: behind a colon or an equals sign, with their key's name before it. */
function findShort(text: string, { short, hash }: PatternTable, check: Checks, matches: Match[]): void {
  for (const { index } of text.matchAll(/[:=]/g)) {
    let start = index + 1;
    while (start < index + 10 && ' \t"\'\\'.includes(text[start] ?? '-')) start += 1;
    check.steps += 12;
    if (start + shortWindowUnits > text.length) continue;
    for (const pattern of short.get(windowHash(hash, text, start, shortWindowUnits)) ?? []) {
      check.steps += 16;
      const end = start + pattern.length;
      if (end > text.length || isWordCharacter(text[end]) || !namedLike(text, index, pattern)) continue;
      if (check.holds(pattern, start)) matches.push({ start, end, pattern });
    }
  }
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

const nameBefore = /([\w.-]{1,64})[\\"'\] \t]{0,6}$/;

/** `DOOR_PIN`, `door.pin` and `"doorPin"` are all the name of the key `pin` or `door_pin`. */
function namedLike(text: string, at: number, { labels }: TablePattern): boolean {
  const name = folded(nameBefore.exec(text.slice(Math.max(0, at - 72), at))?.[1] ?? '');
  return labels.some(({ key }) => {
    const own = folded(key.slice(key.lastIndexOf('.') + 1));
    return own !== '' && name.endsWith(own);
  });
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Open addressing: where the patterns with a window start, plus one; nothing is zero. */
function slotsOf(firstWith: ReadonlyMap<number, number>) {
  const size = 2 ** Math.ceil(Math.log2(firstWith.size * 2 + 2));
  const slotWindows = new Int32Array(size);
  const slotFirsts = new Int32Array(size);
  const mask = size - 1;
  for (const [window, first] of firstWith) {
    let slot = window & mask;
    while (slotFirsts[slot] !== 0) slot = (slot + 1) & mask;
    slotWindows[slot] = window;
    slotFirsts[slot] = first + 1;
  }
  return { slotWindows, slotFirsts, mask };
}
