import type { Finding } from '../redactor.ts';
import { type Alphabet, alphabets, type Scan } from '../scan.ts';

/**
 * A pattern rule is woken where one of its anchors stands and reads from there with the counted loops of `Scan`. What it
 * looked at without a finding is either short (a few hundred characters) or passed over with `resume`, so that the work
 * stays linear whatever the text.
 */
export interface PatternRule {
  readonly name: string;
  /** Two characters or more. Compared exactly, or without case when `folded`. */
  readonly anchors: readonly string[];
  readonly folded?: boolean;
  read(scan: Scan, at: number, anchorEnd: number): Reading | undefined;
}

export interface Reading {
  readonly findings: readonly Finding[];
  /** This rule is not woken again before here. */
  readonly resume: number;
}

export function found(start: number, end: number, rule: string, detail?: string): Reading {
  return { findings: [detail === undefined ? { start, end, rule } : { start, end, rule, detail }], resume: end };
}

/**
 * The same for a range known only by what stands before it. It may end in the name of the next one (`--token token: …`),
 * so its last part is read again: as much as cannot make the work grow faster than the text.
 */
export function foundByContext(start: number, end: number, rule: string): Reading {
  return { findings: [{ start, end, rule, byContext: true }], resume: rereadFrom(start, end) };
}

export function rereadFrom(start: number, end: number): number {
  return Math.max(start, end - 256);
}

export function nothingBefore(resume: number): Reading {
  return { findings: [], resume };
}

interface TokenShape {
  readonly prefixes: readonly string[];
  readonly body: Alphabet;
  /** Shorter than issued: a token cut short still narrows down the whole one. */
  readonly min: number;
  /** More than this is not such a token. */
  readonly max?: number;
  /** For prefixes that also occur inside ordinary words. */
  readonly wordStart?: boolean;
  accept?(body: string): boolean;
}

/** A token known by its prefix: prefix and body are masked as far as the body reaches. */
export function token(name: string, shape: TokenShape): PatternRule {
  return {
    name,
    anchors: shape.prefixes,
    read(scan, at, anchorEnd) {
      if (shape.wordStart === true && !scan.startsWord(at)) return undefined;
      const end = scan.run(anchorEnd, shape.body);
      const length = end - anchorEnd;
      if (length < shape.min || length > (shape.max ?? Number.POSITIVE_INFINITY)) return nothingBefore(end);
      if (shape.accept !== undefined && !shape.accept(scan.slice(anchorEnd, end))) return nothingBefore(end);
      // A full stop behind the token ends the sentence.
      const dotBehind = scan.text.charCodeAt(end - 1) === 46;
      return found(at, dotBehind ? end - 1 : end, name);
    },
  };
}

/** Letters of both cases, or letters and digits: enough to tell a token from a hyphenated name behind a long prefix. */
export function mixed(body: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(body)).length > 1;
}

export const { alphanumeric, upper, lower, digits, hex, word, base64, base64Padded, base64Any, base64Url, dotted } =
  alphabets;
