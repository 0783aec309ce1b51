import { percentDecodedView, unescapedView, type View } from '../../redaction/views.ts';
import { encodedViews } from './encoded-views.ts';

/**
 * Finds known secrets in a text, in every form they may be written in: as they are, behind any escapes of JSON and URLs, in
 * base64 at each alignment and in hex, and in one of these inside another. Escaped and encoded text is read as what it means
 * (`views`), so each secret is looked for once, as it is.
 *
 * It is found by a window of it: the window's hash is looked up at every position of the text, and what is found is compared.
 * Of the windows a secret has, the one that fewest others share is taken, so that a thousand keys that begin alike do not make
 * every beginning expensive. A text that takes too much work all the same is withheld as a whole.
 */
export interface SecretMatcher {
  /** The text with «sensitive» where a secret stood. */
  mask(text: string): string;
}

export interface MatcherOptions {
  readonly secrets: Iterable<string>;
  /** Secrets unless `isWritten` says they stand in the source. */
  readonly veiled?: Iterable<string>;
  isWritten?(text: string): boolean;
}

const sensitive = '«sensitive»';
const withheld = '«withheld»';

/** How many views of views are read: a JSON string in a URL in base64. */
const deepestView = 3;

export function createSecretMatcher(options: MatcherOptions): SecretMatcher {
  const patterns = patternsOf(options);
  const written = new Map<string, boolean>();
  const isHarmless = (secret: string): boolean => {
    const known = written.get(secret) ?? options.isWritten?.(secret) ?? false;
    written.set(secret, known);
    return known;
  };
  const tables = [createTable(patterns, 4, isHarmless), createTable(patterns, 8, isHarmless)];
  return {
    mask(text) {
      if (patterns.length === 0) return text;
      const budget = { left: 100_000 + text.length * 80 };
      try {
        return rewritten(text, find(text, 0, budget));
      } catch (error) {
        if (error instanceof TooMuchWork) return withheld;
        throw error;
      }
    },
  };

  function find(text: string, depth: number, budget: Budget): Range[] {
    const ranges = tables.flatMap((table) => table(text, budget));
    if (depth === deepestView) return ranges;
    for (const view of [unescapedView(text), percentDecodedView(text)]) {
      if (view !== undefined)
        ranges.push(...find(view.text, depth + 1, budget).map((range) => throughView(range, view)));
    }
    for (const view of encodedViews(text)) {
      // Most runs are words; what they would decode to holds no more encodings worth reading.
      const found = isReadable(view.text)
        ? find(view.text, depth + 1, budget)
        : tables.flatMap((table) => table(view.text, budget));
      ranges.push(...found.map(({ start, end }) => view.range(start, end)));
    }
    return ranges;
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Budget {
  left: number;
}

class TooMuchWork extends Error {}

function isReadable(text: string): boolean {
  return /^[\x20-\x7e\s]*$/.test(text);
}

interface Pattern {
  readonly text: string;
  /** What `isWritten` is asked; undefined for one that is a secret for sure. */
  readonly maybe: string | undefined;
}

const shortest = 4;
/** Shorter ones are no more than a word of their own. */
const shortestAnywhere = 8;

function patternsOf({ secrets, veiled = [] }: MatcherOptions): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  const add = (secret: string, isSure: boolean): void => {
    for (const text of readings(secret)) {
      // What is found both ways is a secret for sure.
      if (text.length >= shortest && (isSure || !patterns.has(text)))
        patterns.set(text, { text, maybe: isSure ? undefined : secret });
    }
  };
  for (const secret of secrets) add(secret, true);
  for (const text of veiled) add(text, false);
  return [...patterns.values()];
}

/** Views are read byte by byte, and a form may write a blank as a plus. */
function* readings(secret: string): Iterable<string> {
  yield secret;
  const trimmed = secret.trim();
  if (trimmed !== secret) yield trimmed;
  if (Buffer.byteLength(secret) > secret.length) yield Buffer.from(secret, 'utf8').toString('latin1');
  if (trimmed.includes(' ')) yield trimmed.replaceAll(' ', '+');
}

type Table = (text: string, budget: Budget) => Range[];

const base = 16_777_619;

/** The patterns of 4 to 7 characters, or all longer ones. */
function createTable(all: readonly Pattern[], width: 4 | 8, isHarmless: (secret: string) => boolean): Table {
  const patterns = all.filter(({ text }) =>
    width === 4 ? text.length < shortestAnywhere : text.length >= shortestAnywhere,
  );
  if (patterns.length === 0) return () => [];
  const size = 2 ** Math.ceil(Math.log2(Math.max(1_024, patterns.length * 8)));
  const heads = new Int32Array(size).fill(-1);
  const shared = new Uint32Array(size);
  const next = new Int32Array(patterns.length).fill(-1);
  const hashes = new Int32Array(patterns.length);
  const offsets = new Uint32Array(patterns.length);
  for (const [index, { text }] of patterns.entries()) {
    const { offset, hash } = rarestWindow(text, width, shared);
    const slot = slotOf(hash, size);
    hashes[index] = hash;
    offsets[index] = offset;
    next[index] = heads[slot] ?? -1;
    heads[slot] = index;
    shared[slot] = (shared[slot] ?? 0) + 1;
  }
  const leading = Array.from({ length: width }).reduce<number>((power) => Math.imul(power, base), 1);
  return (text, budget) => {
    const ranges: Range[] = [];
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0;
      if (at >= width) hash = (hash - Math.imul(leading, text.charCodeAt(at - width))) | 0;
      if (at < width - 1) continue;
      let index = heads[slotOf(hash, size)] ?? -1;
      for (; index !== -1; index = next[index] ?? -1) {
        budget.left -= 1;
        if (budget.left < 0) throw new TooMuchWork();
        const pattern = patterns[index];
        const start = at - width + 1 - (offsets[index] ?? 0);
        if (hashes[index] !== hash || pattern === undefined || start < 0) continue;
        const end = start + pattern.text.length;
        if (text.charCodeAt(end - 1) !== pattern.text.charCodeAt(pattern.text.length - 1)) continue;
        budget.left -= Math.min(pattern.text.length, 256);
        if (!text.startsWith(pattern.text, start) || !standsAlone(pattern.text, text, start)) continue;
        if (pattern.maybe === undefined || !isHarmless(pattern.maybe)) ranges.push({ start, end });
      }
    }
    return ranges;
  };
}

function slotOf(hash: number, size: number): number {
  return (hash ^ (hash >>> 15)) & (size - 1);
}

/** Of some windows spread over the text, the one whose slot is least used. */
function rarestWindow(text: string, width: number, shared: Uint32Array): { offset: number; hash: number } {
  const last = text.length - width;
  const tries = Math.min(last, 12);
  let best = { offset: 0, hash: hashOf(text, 0, width) };
  let least = shared[slotOf(best.hash, shared.length)] ?? 0;
  for (let step = 1; step <= tries && least > 0; step += 1) {
    const offset = Math.floor((last * step) / tries);
    const hash = hashOf(text, offset, width);
    const used = shared[slotOf(hash, shared.length)] ?? 0;
    if (used < least) {
      best = { offset, hash };
      least = used;
    }
  }
  return best;
}

function hashOf(text: string, offset: number, width: number): number {
  let hash = 0;
  for (let at = offset; at < offset + width; at += 1) hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0;
  return hash;
}

const wordCharacter = /[\p{L}\p{N}]/u;

/** Four letters stand in many words: a short secret counts only where it is a word of its own. */
function standsAlone(secret: string, text: string, start: number): boolean {
  if (secret.length >= shortestAnywhere) return true;
  return !wordCharacter.test(text.charAt(start - 1)) && !wordCharacter.test(text.charAt(start + secret.length));
}

function throughView(range: Range, view: View): Range {
  return { start: view.offsets[range.start] ?? 0, end: view.offsets[range.end] ?? 0 };
}

/** Ranges that touch are one mark: how many there are is nobody's business. */
function rewritten(text: string, ranges: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
    if (end <= at) continue;
    if (start > at || at === 0) result += text.slice(at, start) + sensitive;
    at = end;
  }
  return at === 0 ? text : result + text.slice(at);
}
