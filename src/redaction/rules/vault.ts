import { alphabet } from '../scan.ts';
import { looksRandom } from '../values.ts';
import { alphanumeric, base64Url, found, nothingBefore, type PatternRule, token } from './rule.ts';

const beforeLegacy = alphabet('A-Za-z0-9_.$');

/**
 * `s.` and 24 characters, as OpenBao and older Vaults issue them; `b.` and `r.` are longer. Method calls look alike
 * (`s.handleRequest…`), so the body has to look drawn at random and not be called.
 */
const legacy: PatternRule = {
  name: 'vault',
  anchors: ['s.', 'b.', 'r.'],
  read(scan, at, anchorEnd) {
    if (scan.is(at - 1, beforeLegacy) && !scan.startsWord(at)) return undefined;
    if (scan.is(at - 1, beforeLegacy) && !scan.is(at - 1, alphanumeric)) return undefined;
    const bodyEnd = scan.run(anchorEnd, base64Url);
    const length = bodyEnd - anchorEnd;
    if (length < 24 || scan.text[bodyEnd] === '(') return nothingBefore(bodyEnd);
    if (!looksRandom(scan.slice(anchorEnd, Math.min(bodyEnd, anchorEnd + 256)))) return nothingBefore(bodyEnd);
    // A namespace id may follow behind another dot.
    const end = scan.text[bodyEnd] === '.' ? scan.run(bodyEnd + 1, alphanumeric, 8) : bodyEnd;
    return found(at, end === bodyEnd + 1 ? bodyEnd : end, 'vault');
  },
};

export const vaultRules: readonly PatternRule[] = [
  token('vault', { prefixes: ['hvs.', 'hvb.', 'hvr.'], body: base64Url, min: 16, wordStart: true }),
  legacy,
];
