import { stripHiddenCharacters } from '../../kit/index.ts';
import { base64Runs, hexRuns } from '../encodings.ts';
import { knownValueRule } from '../marker.ts';
import type { Author, Finding, RedactionLayer } from '../redactor.ts';
import { entityDecodedView, percentDecodedView, unescapedView, unwrappedView, type View } from '../views.ts';
import type { FingerprintSet, SecretLabel } from './fingerprints.ts';
import { shownLabel } from './label.ts';
import { createMatcher, type Match, type Matcher } from './matcher.ts';
import type { PatternClass } from './record.ts';
import { readTable, type TablePattern } from './table.ts';

/**
 * The layer that knows the values of Vault by their fingerprints. What it does not see: a value in other letters (`ABC` for
 * `abc`), a value cut in two by other text or over two strings, one shortened, reversed or encrypted.
 */
export interface KnownValues {
  readonly layer: RedactionLayer;
  /** Throws `known-values-broken` and keeps what it had when the set is not as it should be. */
  load(set: FingerprintSet): void;
  /** Undefined until a set was loaded. */
  readonly generation: string | undefined;
  /** What a text holds. The labels are for records and for humans; an agent must not be told which value it guessed. */
  hits(text: string, author: Author): readonly KnownValueHit[];
}

export interface KnownValueHit {
  readonly class: PatternClass;
  /** Of a value under several there are as many hits. */
  readonly label: SecretLabel;
}

const decodings = 2;
const shortestEncoded = 16;
const mostHits = 100;

export function createKnownValues(): KnownValues {
  let matcher: Matcher | undefined;
  let generation: string | undefined;

  const findings = (text: string, author: Author): Finding[] => {
    if (matcher === undefined) return [];
    const matches = matchesThrough(matcher, text, author === 'agent' ? 'a' : undefined, decodings);
    return joined(text, matches).map(({ start, end, pattern }) => findingOf(start, end, pattern, author));
  };

  return {
    layer: {
      name: 'known-values',
      find: findings,
      findNamed: (name, text, author) => {
        const before = `${name}=`;
        return findings(before + text, author)
          .filter(({ start }) => start >= before.length)
          .map((finding) => ({ ...finding, start: finding.start - before.length, end: finding.end - before.length }));
      },
    },
    load: (set) => {
      const table = readTable(set);
      matcher = createMatcher(table);
      generation = table.generation;
    },
    get generation() {
      return generation;
    },
    hits: (text, author) => {
      if (matcher === undefined) return [];
      const visible = stripHiddenCharacters(text);
      const hits = new Map<SecretLabel, KnownValueHit>();
      for (const { pattern } of matchesThrough(matcher, visible, author === 'agent' ? 'a' : undefined, decodings)) {
        for (const label of pattern.labels) if (hits.size < mostHits) hits.set(label, { class: pattern.class, label });
      }
      return [...hits.values()];
    },
  };
}

function findingOf(start: number, end: number, pattern: TablePattern, author: Author): Finding {
  return {
    start,
    end,
    rule: knownValueRule,
    ...(author === 'others' ? { label: shownLabel(pattern.labels) } : {}),
    ...(pattern.class === 'a' ? {} : { guessable: true as const }),
  };
}

/** In the text as it stands, and as it reads with line breaks taken out of base64, unescaped or decoded. */
function matchesThrough(matcher: Matcher, text: string, only: 'a' | undefined, depth: number): Match[] {
  const matches = [...matcher(text, only).matches].map((match) =>
    match.pattern.base64 ? widened(text, match) : match,
  );
  if (depth === 0 || text.length < shortestEncoded) return matches;
  for (const runsOf of [base64Runs, hexRuns]) {
    for (const { start, end, decoded } of runsOf(text).found) {
      const inside = matchesThrough(matcher, Buffer.from(decoded, 'latin1').toString('utf8'), only, depth - 1);
      for (const { pattern } of inside) matches.push({ start, end, pattern });
    }
  }
  for (const viewOf of [unwrappedView, unescapedView, percentDecodedView, entityDecodedView]) {
    const view = viewOf(text);
    if (view === undefined) continue;
    for (const match of matchesThrough(matcher, view.text, only, depth - 1)) matches.push(throughView(match, view));
  }
  return matches;
}

function throughView({ start, end, pattern }: Match, { offsets }: View): Match {
  // Up to where the last unit ends, not where the next one starts: a line break between the two is not the value's.
  const last = offsets[end - 1] ?? 0;
  return { start: offsets[start] ?? 0, end: Math.max(last + 1, offsets[end] ?? 0), pattern };
}

const base64Character = /[A-Za-z0-9+/_-]/;

/** A character of base64 beside the inside holds bits of the value and of its neighbour: up to two on either side go too. */
function widened(text: string, { start, end, pattern }: Match): Match {
  let [from, to] = [start, end];
  while (from > 0 && from > start - 2 && base64Character.test(text.charAt(from - 1))) from -= 1;
  while (to < text.length && to < end + 2 && base64Character.test(text.charAt(to))) to += 1;
  return { start: from, end: to, pattern };
}

/** The lines of one value, found one by one, are one finding when nothing but their breaks is between them. */
function joined(text: string, matches: readonly Match[]): readonly Match[] {
  const result: Match[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (
      last !== undefined &&
      last.pattern.class === match.pattern.class &&
      match.start - last.end <= longestBreak &&
      shownLabel(last.pattern.labels) === shownLabel(match.pattern.labels) &&
      /^(?:\s|\\{1,4}[nrt])*$/.test(text.slice(last.end, match.start))
    ) {
      result[result.length - 1] = { ...last, end: Math.max(last.end, match.end) };
    } else result.push(match);
  }
  return result;
}

const longestBreak = 64;
