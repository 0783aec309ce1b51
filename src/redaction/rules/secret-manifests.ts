import { holdsOnlyMarkers } from '../marker.ts';
import type { Finding } from '../redactor.ts';
import { alphabet, alphabets, type Scan } from '../scan.ts';
import { readSeparator, readValue } from './grammar.ts';
import { nothingBefore, type PatternRule } from './rule.ts';

/**
 * The maps of a Kubernetes Secret in text that is no whole JSON document: YAML, a manifest inside an annotation, one that
 * was cut. `stringData` exists in Secrets alone; `data` is theirs when the text speaks of one and its values are base64.
 */
const nameCharacters = alphabet('A-Za-z0-9_./-');
const openings = alphabet('\\"\'');

export const secretManifestRule: PatternRule = {
  name: 'kubernetes-secret',
  anchors: ['data', 'stringData'],
  read(scan, at, anchorEnd) {
    const always = scan.startsWith('string', at);
    if (!always && (!scan.startsWord(at) || !speaksOfSecret(scan))) return undefined;
    const separator = readSeparator(scan, anchorEnd, {});
    if (separator === undefined || separator.kind !== 'colon') return undefined;
    const flow = scan.text[separator.end] === '{';
    const map = flow ? flowMap(scan, separator.end + 1) : blockMap(scan, at, separator.end);
    if (map.values.length === 0) return nothingBefore(anchorEnd);
    const encoded = always ? map.values : map.values.filter(({ start, end }) => isBase64(scan, start, end));
    // Among values that are not base64 (a ConfigMap beside the Secret) short ones may be words that only look like it.
    const sure = encoded.length === map.values.length ? encoded : encoded.filter(({ start, end }) => end - start >= 16);
    const findings = sure
      .filter(({ start, end }) => !holdsOnlyMarkers(scan.slice(start, end)))
      .map(({ start, end }): Finding => ({ start, end, rule: 'kubernetes-secret', byContext: true }));
    return { findings, resume: map.end };
  },
};

interface Values {
  readonly values: readonly { readonly start: number; readonly end: number }[];
  readonly end: number;
}

/** `kind: Secret`, in any quoting; asked once a text. */
function speaksOfSecret(scan: Scan): boolean {
  return scan.once('kind: Secret', (text) =>
    /\bkind\\{0,8}["']?[ \t]{0,8}:[ \t]{0,8}\\{0,8}["']?Secret(?:List)?(?![A-Za-z])/.test(text),
  );
}

function isBase64(scan: Scan, start: number, end: number): boolean {
  const text = scan.slice(start, end);
  return (
    holdsOnlyMarkers(text) ||
    (text.replace(/\s|\\n/g, '').length % 4 === 0 && /^[A-Za-z0-9+/\s\\]*={0,2}\s*$/.test(text))
  );
}

/** `{"key":"value",…}` with its quotes escaped any number of times. */
function flowMap(scan: Scan, from: number): Values {
  const values: { start: number; end: number }[] = [];
  let at = from;
  for (;;) {
    at = scan.run(at, alphabets.whitespace);
    const nameStart = scan.run(at, openings, 10);
    const nameEnd = scan.run(nameStart, nameCharacters, 300);
    const separator = nameEnd > nameStart ? readSeparator(scan, nameEnd, {}) : undefined;
    if (separator === undefined) return { values, end: at };
    const value = readValue(scan, separator.end, 'word');
    if (value.end > value.start) values.push({ start: value.start, end: value.end });
    at = scan.run(value.behind, alphabets.whitespace);
    if (scan.text[at] !== ',') return { values, end: at };
    at += 1;
  }
}

/** Lines indented deeper than the map's own name, each `key: value` or part of a block scalar. */
function blockMap(scan: Scan, at: number, from: number): Values {
  const values: { start: number; end: number }[] = [];
  const lineStart = scan.lineStart(at, 256);
  const indent = scan.run(lineStart, alphabets.space, 200) - lineStart;
  let line = scan.lineEnd(from, 64);
  if (scan.slice(from, line).trim() !== '') return { values, end: from };
  let inner = -1;
  while (line < scan.text.length) {
    const start = line + 1;
    const end = scan.lineEnd(start);
    const first = scan.run(start, alphabets.space, 200);
    if (first < end) {
      const depth = first - start;
      if (depth <= indent) break;
      if (inner === -1) inner = depth;
      if (depth < inner) break;
      if (depth > inner) values.push({ start: first, end });
      else pushPair(scan, first, end, values);
    }
    line = end;
  }
  return { values, end: line };
}

function pushPair(scan: Scan, first: number, end: number, values: { start: number; end: number }[]): void {
  const nameStart = scan.run(first, openings, 2);
  const nameEnd = scan.run(nameStart, nameCharacters, 300);
  const separator = readSeparator(scan, nameEnd, {});
  if (
    separator === undefined ||
    separator.end >= end ||
    /^[|>][0-9+-]{0,2}\s*$/.test(scan.slice(separator.end, Math.min(end, separator.end + 8)))
  )
    return;
  const value = readValue(scan, separator.end, 'line');
  if (value.end > value.start) values.push({ start: value.start, end: Math.min(value.end, end) });
}
