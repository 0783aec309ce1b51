import { holdsOnlyMarkers } from '../marker.ts';
import { alphabet, alphabets, type Scan } from '../scan.ts';
import { judgedLength, looksRandom, plainlyNoSecret } from '../values.ts';
import { readSeparator, readValue } from './grammar.ts';
import { foundByContext, nothingBefore, type PatternRule, rereadFrom } from './rule.ts';

/** Headers whose whole value is the credential. The name stays, and so does the scheme. */
const authorization: PatternRule = {
  name: 'authorization',
  folded: true,
  anchors: ['authorization'],
  read(scan, _at, anchorEnd) {
    const from = headerStart(scan, anchorEnd);
    if (from === undefined) return nothingBefore(anchorEnd);
    const opened = scan.run(from, opening, 12);
    const scheme = schemes.exec(scan.slice(opened, opened + 32))?.[0] ?? '';
    const value = headerValue(scan, from, scheme === '' ? 'word' : 'line');
    const start = Math.max(value.start, opened) + scheme.length;
    if (value.end <= start) return nothingBefore(anchorEnd);
    if (value.end - start > judgedLength) return foundByContext(start, value.end, 'authorization');
    const credential = scan.slice(start, value.end);
    const harmless =
      holdsOnlyMarkers(credential) ||
      plainlyNoSecret(credential) ||
      (scheme === '' ? !looksRandom(credential) : /^[a-z]+(?: [a-z]+){0,8}$/.test(credential));
    return harmless
      ? nothingBefore(rereadFrom(anchorEnd, value.end))
      : foundByContext(start, value.end, 'authorization');
  },
};

const opening = alphabet('\\"\'`');
const schemes =
  /^(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|Api-?Key|Key|OAuth|Hawk|AWS4-HMAC-SHA256|GoogleLogin|SharedKey|PVEAPIToken|MediaBrowser)[ =]+/i;

const cookie: PatternRule = {
  name: 'cookie',
  folded: true,
  anchors: ['cookie'],
  read(scan, _at, anchorEnd) {
    const from = headerStart(scan, anchorEnd);
    if (from === undefined) return nothingBefore(anchorEnd);
    // `name=value; …` and nothing else is a cookie.
    const opened = scan.run(from, opening, 12);
    if (!/^[\w!#$%&'*+.^`|~-]{1,128}=[^\s;]/.test(scan.slice(opened, opened + 140))) return nothingBefore(anchorEnd);
    const value = headerValue(scan, from, 'line');
    if (value.end - value.start < 4_096 && holdsOnlyMarkers(scan.slice(value.start, value.end)))
      return nothingBefore(value.end);
    return foundByContext(value.start, value.end, 'cookie');
  },
};

/** Where the value of a header starts, in a line, a JSON object, a `-H '…'` or a Go map; undefined when this is none. */
function headerStart(scan: Scan, nameEnd: number): number | undefined {
  const separator = readSeparator(scan, nameEnd, {});
  if (separator === undefined) return undefined;
  // A list of values: JSON arrays and Go maps.
  const listed = scan.text[separator.end] === '[';
  return listed ? scan.run(separator.end + 1, alphabets.whitespace, 32) : separator.end;
}

function headerValue(scan: Scan, from: number, extent: 'word' | 'line'): { start: number; end: number } {
  const value = readValue(scan, from, extent);
  const listed = scan.text[from - 1] === '[' && !value.quoted;
  const close = listed ? scan.find(']', from, value.end - from) : -1;
  return { start: value.start, end: close === -1 ? value.end : close };
}

const tokenCharacters = alphabet('A-Za-z0-9._~+/=-');

/** A credential behind its scheme, wherever it is quoted: in a command, a message, an array. */
const bearer: PatternRule = {
  name: 'bearer',
  folded: true,
  anchors: ['bearer ', 'bearer%20', 'bearer+'],
  read(scan, _at, anchorEnd) {
    const end = scan.run(anchorEnd, tokenCharacters);
    const random = end - anchorEnd >= 16 && (end - anchorEnd > 256 || looksRandom(scan.slice(anchorEnd, end)));
    return random ? foundByContext(anchorEnd, end, 'bearer') : nothingBefore(end);
  },
};

const basic: PatternRule = {
  name: 'basic-auth',
  folded: true,
  anchors: ['basic '],
  read(scan, at, anchorEnd) {
    if (!scan.startsWord(at)) return undefined;
    const end = scan.run(anchorEnd, alphabet64);
    if (end - anchorEnd < 8) return nothingBefore(end);
    const decoded = Buffer.from(scan.slice(anchorEnd, Math.min(end, anchorEnd + 1024)), 'base64').toString('latin1');
    // What was encoded is `user:password`, readable text with a colon.
    return /^[\x20-\x7e\xa0-\xff]*:[\x20-\x7e\xa0-\xff]*$/.test(decoded)
      ? foundByContext(anchorEnd, end, 'basic-auth')
      : nothingBefore(end);
  },
};

const alphabet64 = alphabet('A-Za-z0-9+/=_-');

export const headerRules: readonly PatternRule[] = [authorization, cookie, bearer, basic];
