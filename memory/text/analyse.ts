import { stemmer } from 'stemmer';
import { fold, lowerCase } from './fold.ts';
import { isFunctionWord } from './function-words.ts';

/**
 * From text to terms, the same for what is stored and for what is asked, on every database.
 *
 *  token     NFKD, lower case, marks stripped: letters and digits of any script
 *  compound  `my-app`, `192.0.2.7`, `fooBar`, `/var/log/x`: a term of its own beside its parts, at the position of its first part
 *  stem      of an English word; function words are dropped and take no position
 *  pair      of scripts that put no spaces between words, two characters at a time
 */
export interface Term {
  readonly text: string;
  /** Counted over the terms that are kept; a compound has that of its first part. */
  readonly position: number;
  /** As it stands in the text, lower case: what a reader is shown. */
  readonly surface: string;
  readonly compound: boolean;
}

export interface Analysed {
  readonly terms: readonly Term[];
  /** Positions: what BM25 takes for the length. */
  readonly length: number;
}

/** Positions are kept in 16 bits; what comes after is not found. */
const mostPositions = 65_535;
/** Longer terms are cut: nobody asks for them, and an index has no room for them. */
const longestTerm = 128;
/** Of real words; what is longer is none. */
const longestStemmed = 32;

const run = /[\p{L}\p{N}\p{M}\p{Cf}]+(?:[-._/:@'’ʼ‐‑][\p{L}\p{N}\p{M}\p{Cf}]+)*/gu;
/** From the outside in: `registry.example.net/my-app:1.2` holds `registry.example.net`, which holds `registry`. */
const joints = [/[/:@]/, /\./, /[-_‐‑]/] as const;
const chunk = /[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{N}\p{M}]+)*/gu;
const contraction = /^([a-z]+)'(?:s|d|m|t|ll|re|ve)$/;
const hump = /(?<=\p{Ll})(?=\p{Lu})|(?<=[\p{Lu}\p{N}])(?=\p{Lu}\p{Ll})/u;
/** `PVCs`, `APIs`. */
const pluralOfCapitals = /^\p{Lu}+s$/u;
/** With more of them it is no name but a random string. */
const mostHumps = 5;
const englishWord = /^[a-z]+$/;
const wordlike = /[\p{L}\p{N}]/u;
const ascii = /^[\0-\x7f]*$/;
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const isSpaceless =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;

/** Takes time in proportion to the text; any string will do. */
export function analyse(text: string): Analysed {
  const terms: Term[] = [];
  let position = 0;

  const keep = (term: string, surface: string, compound: boolean): void => {
    const shown = surface.length > longestTerm ? cut(surface) : surface;
    terms.push({ text: cut(term), position, surface: shown.toLowerCase(), compound });
  };

  /** A compound beside its parts; should none of them be kept, it has a position to itself. */
  const compound = (term: string, surface: string, parts: () => void): void => {
    const before = position;
    keep(term, surface, true);
    parts();
    if (position === before) position += 1;
  };

  const word = (lower: string, surface: string): void => {
    if (isFunctionWord(lower)) return;
    keep(stemmed(lower), surface, false);
    position += 1;
  };

  const pairs = (characters: readonly string[]): void => {
    for (let at = 0; at < Math.max(1, characters.length - 1); at += 1) {
      const pair = characters.slice(at, at + 2).join('');
      // Marks alone are no word, though a neighbour of another script may hold them.
      if (!wordlike.test(pair)) continue;
      keep(pair, pair, false);
      position += 1;
    }
  };

  const humps = (folded: string, surface: string): void => {
    const parts = pluralOfCapitals.test(folded) ? [folded] : folded.split(hump);
    const lower = lowerCase(folded);
    if (parts.length === 1 || parts.length > mostHumps || isFunctionWord(lower)) word(lower, surface);
    else
      compound(stemmed(lower), surface, () => {
        for (const part of parts) word(lowerCase(part), part);
      });
  };

  const scripts = (folded: string, surface: string): void => {
    if (ascii.test(folded)) {
      humps(folded, surface);
      return;
    }
    for (const [piece] of folded.matchAll(spaceless)) {
      if (isSpaceless.test(piece)) pairs([...piece]);
      else if (wordlike.test(piece)) humps(piece, piece === folded ? surface : piece);
    }
  };

  const quoted = (folded: string, surface: string): void => {
    const parts = folded.split("'");
    if (parts.length === 1) {
      scripts(folded, surface);
      return;
    }
    const lower = lowerCase(folded);
    const [, stem] = contraction.exec(lower) ?? [];
    if (stem === undefined)
      compound(lower, surface, () => {
        for (const part of parts) scripts(part, part);
      });
    else if (lower.endsWith("'t")) word(`${stem}t`, surface);
    else if (!isFunctionWord(lower.replace("'", '')))
      humps(folded.slice(0, stem.length), surface.slice(0, stem.length));
  };

  const walk = (piece: string, level: number): void => {
    const joint = joints[level];
    if (joint === undefined) {
      const folded = fold(piece);
      for (const [part] of folded.matchAll(chunk)) quoted(part, part === folded ? piece : part);
      return;
    }
    const parts = piece.split(joint).filter((part) => wordlike.test(part));
    if (parts.length < 2) for (const part of parts) walk(part, level + 1);
    // Some marks that stand alone fold to a space and a mark.
    else
      compound(lowerCase(fold(piece)).replaceAll(/\s/gu, ''), piece, () => {
        for (const part of parts) walk(part, level + 1);
      });
  };

  for (const [found] of text.matchAll(run)) {
    walk(found, 0);
    if (position >= mostPositions) break;
  }
  return bounded(terms, position);
}

function stemmed(lower: string): string {
  return lower.length <= longestStemmed && englishWord.test(lower) ? stemmer(lower) : lower;
}

function cut(term: string): string {
  return term.length > longestTerm ? term.slice(0, longestTerm).toWellFormed().replace('\ufffd', '') : term;
}

function bounded(terms: readonly Term[], positions: number): Analysed {
  if (positions <= mostPositions) return { terms, length: positions };
  return { terms: terms.filter(({ position }) => position < mostPositions), length: mostPositions };
}
