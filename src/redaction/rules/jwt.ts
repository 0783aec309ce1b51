import { base64Url, found, nothingBefore, type PatternRule } from './rule.ts';

const algorithm = /"(?:alg|enc)"\s{0,4}:\s{0,4}"([A-Za-z0-9-]{1,16})"/;

/**
 * A JWT (three segments) or JWE (five), also one whose end was cut off. The algorithm of its header is kept as the
 * marker's detail; a ServiceAccount's token is named as such.
 */
export const jwtRule: PatternRule = {
  name: 'jwt',
  anchors: ['eyJ', 'ewogIC', 'ewoJ', 'ew0K'],
  read(scan, at) {
    const headerEnd = scan.run(at, base64Url);
    if (headerEnd - at < 12 || scan.text[headerEnd] !== '.') return nothingBefore(headerEnd);
    let end = scan.run(headerEnd + 1, base64Url);
    const payloadEnd = end;
    let segments = 2;
    while (segments < 5 && scan.text[end] === '.') {
      const next = scan.run(end + 1, base64Url);
      if (next === end + 1 && segments > 2) break;
      end = next;
      segments += 1;
    }
    const header = decode(scan.slice(at, Math.min(headerEnd, at + 4096)));
    const alg = algorithm.exec(header)?.[1];
    const payloadIsObject = scan.startsWith('ey', headerEnd + 1) && payloadEnd - headerEnd > 8;
    if (alg === undefined && !(payloadIsObject || (segments > 2 && header.startsWith('{"')))) return nothingBefore(end);
    const payload = decode(scan.slice(headerEnd + 1, Math.min(payloadEnd, headerEnd + 4097)));
    const name = /serviceaccount|kubernetes\.io/.test(payload) ? 'service-account-jwt' : 'jwt';
    return found(at, scan.text[end - 1] === '.' ? end - 1 : end, name, alg);
  },
};

function decode(segment: string): string {
  return Buffer.from(segment, 'base64url').toString('latin1');
}
