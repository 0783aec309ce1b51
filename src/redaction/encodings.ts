import type { Scanned, Scanner } from './anchors.ts';
import type { Finding } from './redactor.ts';
import { alphabet, alphabets, Scan } from './scan.ts';

/**
 * Secrets that were encoded before they were printed: base64 (also in wrapped lines), percent-encoding, `\u` and `\x`
 * escapes, hex. A run that decodes to readable text is decoded and read by the same rules; when one finds something, the
 * whole run goes under its name. Encodings inside encodings are followed three deep.
 */
const depthLimit = 3;
const shortestRun = 24;
const shortestEncoded = 16;

export function createEncodingScanner(inner: Scanner, depth = depthLimit): Scanner {
  const deeper = depth > 1 ? createEncodingScanner(inner, depth - 1) : undefined;
  const firstRule = (decoded: string): { rule: string | undefined; steps: number } => {
    const plain = inner(decoded);
    const rule = plain.findings[0]?.rule;
    if (rule !== undefined || deeper === undefined) return { rule, steps: plain.steps };
    const nested = deeper(decoded);
    return { rule: nested.findings[0]?.rule, steps: plain.steps + nested.steps };
  };

  return (text) => {
    const findings: Finding[] = [];
    let steps = 0;
    if (text.length < shortestEncoded) return { findings, steps };
    for (const candidates of [base64Runs, escapedRuns, hexRuns]) {
      const runs = candidates(text);
      steps += runs.steps;
      for (const { start, end, decoded } of runs.found) {
        if (decoded.length < 8) continue;
        // What can be read without decoding is masked by itself first, and the rest of the run keeps its use.
        if (candidates === escapedRuns && inner(text.slice(start, end)).findings.length > 0) continue;
        const result = firstRule(decoded);
        steps += result.steps + (end - start);
        if (result.rule !== undefined) findings.push({ start, end, rule: result.rule });
      }
    }
    return { findings, steps } satisfies Scanned;
  };
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
}

interface Runs {
  readonly found: readonly Run[];
  readonly steps: number;
}

/**
 * What a character of base64 may be when three readable bytes are four characters: the bits of a readable byte's upper
 * half are few, so text gives itself away at its own alignment, wherever in a run it starts. One bit a position.
 */
const quadBits = buildQuadBits();

function buildQuadBits(): Uint8Array {
  const table = new Uint8Array(128);
  const base = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const readable = (byte: number): boolean =>
    (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09 || byte === 0x0d;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter(readable);
  for (const byte of bytes) {
    for (let other = 0; other < 64; other += 1) {
      mark(table, base, byte >> 2, 1);
      mark(table, base, ((byte & 3) << 4) | (other & 15), 0);
      mark(table, base, (byte >> 6) | ((other & 15) << 2), 4);
      mark(table, base, byte & 63, 8);
    }
    for (const before of bytes) {
      mark(table, base, ((before & 3) << 4) | (byte >> 4), 2);
      mark(table, base, ((before & 15) << 2) | (byte >> 6), 4);
    }
  }
  return table;
}

function mark(table: Uint8Array, base: string, value: number, bit: number): void {
  const code = base.charCodeAt(value);
  table[code] = (table[code] ?? 0) | bit;
  const twin = value === 62 ? 45 : value === 63 ? 95 : code;
  table[twin] = (table[twin] ?? 0) | bit;
}

const quadsNeeded = 5;

function base64Runs(text: string): Runs {
  const found: Run[] = [];
  if (text.length < shortestRun) return { found, steps: 0 };
  const counts = [0, 0, 0, 0];
  let [first, second, third] = [0, 0, 0];
  let steps = text.length;
  let scan: Scan | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const bits = quadBits[text.charCodeAt(index)] ?? 0;
    const lane = index & 3;
    if ((first & 1) !== 0 && (second & 2) !== 0 && (third & 4) !== 0 && (bits & 8) !== 0) {
      const count = (counts[lane] ?? 0) + 1;
      counts[lane] = count;
      if (count >= quadsNeeded) {
        scan ??= new Scan(text);
        const quad = index + 1 - 4 * quadsNeeded;
        const start = scan.runBack(
          quad,
          alphabets.base64Any,
          found.length === 0 ? quad : quad - (found.at(-1)?.end ?? 0),
        );
        const end = wrappedEnd(scan, start, quad);
        if (end - start >= shortestRun) {
          // From the run's start on, at the alignment at which it reads as text.
          const aligned = text.slice(start + ((quad - start) & 3), end).replace(/\\+[nr]|\s/g, '');
          found.push({ start, end, decoded: Buffer.from(aligned, 'base64').toString('latin1') });
        }
        index = Math.max(index, end - 1);
        counts.fill(0);
        first = second = third = 0;
        continue;
      }
    } else counts[lane] = 0;
    first = second;
    second = third;
    third = bits;
  }
  steps += scan?.steps ?? 0;
  return { found, steps };
}

const wrapped = /^(?:\n[ \t]{0,32}|(?:\\{1,4}r)?\\{1,4}n[ \t]{0,32})(?=[A-Za-z0-9+/])/;

/** The end of the run, over line breaks when its lines are as long as encoders wrap them. */
function wrappedEnd(scan: Scan, start: number, from: number): number {
  let lineStart = start;
  let end = scan.run(from, alphabets.base64Any);
  for (;;) {
    const length = end - lineStart;
    const gap = length >= 56 && length <= 80 ? wrapped.exec(scan.slice(end, end + 48))?.[0].length : undefined;
    if (gap === undefined) return scan.run(end, paddings, 2);
    lineStart = end + gap;
    end = scan.run(lineStart, alphabets.base64Any);
  }
}

const paddings = alphabet('=');
const escapable = alphabet('A-Za-z0-9%._~+*!()\\\\:/@=&?,;$^-');
const percentRun = alphabet('A-Za-z0-9%._~+*!-');

/** Runs with percent-encoding or `\u`/`\x` escapes in them. */
function escapedRuns(text: string): Runs {
  if (!text.includes('%') && !text.includes('\\')) return { found: [], steps: text.length };
  const found: Run[] = [];
  let steps = text.length;
  let scan: Scan | undefined;
  let behind = 0;
  for (const match of text.matchAll(/%[2-7][0-9A-Fa-f]|\\u00[2-7][0-9A-Fa-f]|\\x[2-7][0-9A-Fa-f]/g)) {
    if (match.index < behind) continue;
    scan ??= new Scan(text);
    const members = match[0].startsWith('%') ? percentRun : escapable;
    const start = scan.runBack(match.index, members, match.index - behind);
    const end = scan.run(match.index, members);
    behind = end;
    if (end - start < 16) continue;
    found.push({ start, end, decoded: unescaped(text.slice(start, end)) });
  }
  steps += scan?.steps ?? 0;
  return { found, steps };
}

function unescaped(run: string): string {
  return run
    .replace(/\\u00([2-7][0-9A-Fa-f])|\\x([2-7][0-9A-Fa-f])/g, (_, unicode?: string, byte?: string) =>
      String.fromCharCode(Number.parseInt(unicode ?? byte ?? '20', 16)),
    )
    .replace(/%([0-9A-Fa-f]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

/** Readable text as hex, twelve characters of it or more: every other digit lies between 2 and 7. */
function hexRuns(text: string): Runs {
  const found: Run[] = [];
  for (const match of text.matchAll(/(?:[2-7][0-9A-Fa-f]){12,}/g)) {
    found.push({
      start: match.index,
      end: match.index + match[0].length,
      decoded: Buffer.from(match[0], 'hex').toString('latin1'),
    });
  }
  return { found, steps: text.length };
}
