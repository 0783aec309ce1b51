import { alphabet, type Scan } from '../scan.ts';
import { found, nothingBefore, type PatternRule } from './rule.ts';

/**
 * PEM, OpenSSH and PGP private keys, on lines of their own, with a log prefix before each line, or on one line with the
 * newlines escaped once or more. Without an end line (cut off, or still streaming) the lines that look like its body go;
 * an end line alone takes the body before it along.
 */
const window = 16_384;
const labelCharacters = alphabet('A-Z0-9 ');

function isPrivate(label: string): boolean {
  return label.includes('PRIVATE KEY') || label.includes('SECRET KEY') || label.includes('STATIC KEY V1');
}

function labelAt(scan: Scan, from: number): { label: string; end: number } | undefined {
  const end = scan.run(from, labelCharacters, 64);
  const label = scan.slice(from, end);
  // OpenVPN writes `Static key V1`; the anchor was already in capitals, so only its label needs folding.
  const folded = label === 'O' || label === 'S' ? scan.slice(from, from + 24).toUpperCase() : label;
  return isPrivate(folded) ? { label: folded, end } : undefined;
}

const begins: PatternRule = {
  name: 'private-key',
  anchors: ['-----BEGIN ', '---- BEGIN '],
  read(scan, at, anchorEnd) {
    const header = labelAt(scan, anchorEnd);
    if (header === undefined) return undefined;
    const footer = scan.findAhead(
      scan.startsWith('----- ', at) || scan.startsWith('---- ', at) ? '-- END ' : '--END ',
      header.end,
    );
    if (footer !== -1 && footer - header.end <= window) return found(at, closing(scan, footer), 'private-key');
    const end = bodyEnd(scan, header.end);
    return end > header.end + 16 ? found(at, end, 'private-key') : nothingBefore(header.end);
  },
};

const dashes = alphabet('- ');

/** Behind the end line: its label and the dashes. */
function closing(scan: Scan, footer: number): number {
  const label = scan.run(footer, dashes, 8);
  return scan.run(scan.run(label, labelCharacters, 64), dashes, 5);
}

/**
 * The lines behind `from` that carry a long run of base64, whatever a logger put before it, and the short last one. The
 * line may be a real one or many joined by escaped newlines.
 */
function bodyEnd(scan: Scan, from: number): number {
  let end = from;
  let at = scan.run(from, dashes, 8);
  // The next row of dashes belongs to another block.
  const dashesAhead = scan.findAhead('--', at);
  const last = Math.min(dashesAhead === -1 ? scan.text.length : dashesAhead, from + window);
  while (at < last) {
    const lineEnd = scan.lineEnd(at, last - at);
    const line = scan.slice(at, lineEnd);
    const run = [
      ...line.matchAll(/[A-Za-z0-9+/]{24,}={0,2}(?:\\{1,8}[nr]){0,4}(?:[A-Za-z0-9+/]{1,23}={0,2}(?![A-Za-z0-9+/]))?/g),
    ].at(-1);
    if (run !== undefined) end = at + run.index + run[0].length;
    else if (/^\s{0,32}[A-Za-z0-9+/]{1,23}={0,2}\s{0,8}$/.test(line)) return lineEnd;
    else if (end > from || !/^[-\s]{0,8}$|^[A-Z][A-Za-z-]{2,20}: /.test(line)) return end;
    at = lineEnd + 1;
  }
  return end;
}

const orphanEnd: PatternRule = {
  name: 'private-key',
  anchors: ['-----END '],
  read(scan, at, anchorEnd) {
    const header = labelAt(scan, anchorEnd);
    if (header === undefined) return undefined;
    const closed = scan.run(header.end, dashes, 5);
    // Whoever finds the begin line takes everything in between; this is for when it was cut away.
    const lines = scan.sliceBack(at, window).split('\n');
    let start = at;
    let lineStart = at;
    for (const [index, line] of lines.reverse().entries()) {
      lineStart -= line.length + (index === 0 ? 0 : 1);
      const body = line.search(/[A-Za-z0-9+/]{24,}|^[A-Za-z0-9+/]{1,23}={0,2}$/);
      if (body === -1 && (index > 1 || line.trim() !== '')) break;
      if (body !== -1) start = lineStart + body;
    }
    return found(start, closed, 'private-key');
  },
};

/** PuTTY's format announces how many lines its private part has. */
const putty: PatternRule = {
  name: 'private-key',
  anchors: ['Private-Lines: '],
  read(scan, _at, anchorEnd) {
    const count = Number.parseInt(scan.slice(anchorEnd, anchorEnd + 4), 10);
    if (!(count > 0 && count < 500)) return undefined;
    const start = scan.lineEnd(anchorEnd, 16) + 1;
    let end = start;
    for (let line = 0; line < count && end < scan.text.length; line += 1) end = scan.lineEnd(end, 256) + 1;
    return found(start, Math.min(end, scan.text.length), 'private-key');
  },
};

export const privateKeyRules: readonly PatternRule[] = [begins, orphanEnd, putty];
