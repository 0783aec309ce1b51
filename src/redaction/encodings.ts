import { alphabet, alphabets, Scan } from './scan.ts';

/**
 * Runs of base64 (also in wrapped lines) and hex that decode to readable text. Whether there is a secret in one is for the
 * rules to say; when there is, the whole run goes.
 */
const shortestRun = 24;

export interface Run {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
}

export interface Runs {
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

export function base64Runs(text: string): Runs {
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
/** Readable text as hex, twelve characters of it or more: every other digit lies between 2 and 7, or it is a line's end. */
export function hexRuns(text: string): Runs {
  const found: Run[] = [];
  for (const match of text.matchAll(/(?:[2-7][0-9A-Fa-f]|0[9ADad]){12,}/g)) {
    found.push({
      start: match.index,
      end: match.index + match[0].length,
      decoded: Buffer.from(match[0], 'hex').toString('latin1'),
    });
  }
  return { found, steps: text.length };
}
