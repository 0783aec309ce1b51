import { type JsonValue, stripHiddenCharacters } from '../../kit/index.ts';
import { createScanner } from '../anchors.ts';
import { holdsOnlyMarkers } from '../marker.ts';
import { mergeFindings, rewrite } from '../ranges.ts';
import type { Finding } from '../redactor.ts';
import { privateKeyRules } from '../rules/private-keys.ts';
import { secretManifestRule } from '../rules/secret-manifests.ts';
import { depthLimit } from './json-text.ts';

/**
 * Lines of one text that arrive as strings of their own: a log as a list, a manifest as rows. A private key or the data of
 * a Secret shows only over several of them, so all strings of a value are also read as one text, a string a line, and
 * what is found there is masked in each string it reaches into.
 */
const scanLines = createScanner([...privateKeyRules, secretManifestRule]);

/** All of one row stand in whatever those rules find. */
const words = [
  ['PRIVATE KEY'],
  ['SECRET KEY'],
  ['TATIC KEY V1'],
  ['tatic key V1'],
  ['Private-Lines'],
  ['stringData'],
  ['Secret', 'data', 'kind'],
];

/** The strings that change, old and new, are told to `note`; the value itself when none does. */
export function maskAcrossStrings(value: JsonValue, note: (before: string, after: string) => void): JsonValue {
  const strings: string[] = [];
  collect(value, 0, strings);
  if (strings.length < 2) return value;
  const whole = strings.join('\n');
  if (!words.some((row) => row.every((word) => whole.includes(word)))) return value;

  const lines = strings.map(stripHiddenCharacters);
  const joined = lines.join('\n');
  const findings = mergeFindings(joined, scanLines(joined).findings);
  if (findings.length === 0) return value;

  let start = 0;
  let next = 0;
  const masked = lines.map((line, index) => {
    const end = start + line.length;
    while ((findings[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1;
    const pieces = piecesWithin(findings, next, start, end).filter(
      (piece) => !holdsOnlyMarkers(line.slice(piece.start, piece.end)),
    );
    start = end + 1;
    const before = strings[index] ?? line;
    if (pieces.length === 0) return before;
    const after = rewrite(line, pieces);
    note(before, after);
    return after;
  });
  return withStrings(value, 0, masked.values());
}

/** Parts of the findings from `first` on that lie between `start` and `end`, counted from `start`. */
function piecesWithin(findings: readonly Finding[], first: number, start: number, end: number): Finding[] {
  const pieces: Finding[] = [];
  for (let index = first; (findings[index]?.start ?? end) < end; index += 1) {
    const finding = findings[index];
    if (finding === undefined) break;
    pieces.push({ ...finding, start: Math.max(0, finding.start - start), end: Math.min(end, finding.end) - start });
  }
  return pieces;
}

function collect(node: JsonValue, depth: number, strings: string[]): void {
  if (typeof node === 'string') strings.push(node);
  else if (typeof node === 'object' && node !== null && depth <= depthLimit) {
    for (const child of Object.values(node)) collect(child, depth + 1, strings);
  }
}

/** A copy with its strings replaced, in the order `collect` met them. */
function withStrings(node: JsonValue, depth: number, strings: Iterator<string>): JsonValue {
  if (typeof node === 'string') return strings.next().value ?? node;
  if (typeof node !== 'object' || node === null || depth > depthLimit) return node;
  if (Array.isArray(node)) return node.map((item) => withStrings(item, depth + 1, strings));
  return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, withStrings(item, depth + 1, strings)]));
}
