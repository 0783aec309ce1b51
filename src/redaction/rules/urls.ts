import { holdsOnlyMarkers } from '../marker.ts';
import { alphabet, type Scan } from '../scan.ts';
import { plainlyNoSecret } from '../values.ts';
import { found, mixed, nothingBefore, type PatternRule, type Reading } from './rule.ts';

/**
 * `scheme://user:password@host`: what stands before the `@` goes, scheme and host stay. Passwords are written into URLs
 * with and without percent-encoding, so in a database URL an `@`, `/` or `#` may belong to the password.
 */
const authorityLimit = 1024;
const schemeCharacters = alphabet('A-Za-z0-9+.-');
const urlEnd = alphabet(' \t\n"\'`<>\\|');
const authorityEnd = alphabet(' \t\n"\'`<>\\|/?#');

const userinfoRule: PatternRule = {
  name: 'url-userinfo',
  // The second is how a URL looks with its slashes escaped, as some JSON writers do.
  anchors: ['://', ':\\/\\/'],
  read(scan, at, anchorEnd) {
    const scheme = scan.slice(scan.runBack(at, schemeCharacters, 24), at);
    if (!/[A-Za-z]$|[A-Za-z][0-9]$/.test(scheme)) return undefined;
    const authority = scan.until(anchorEnd, authorityEnd, authorityLimit);
    const inAuthority = scan.slice(anchorEnd, authority).lastIndexOf('@');
    const split = inAuthority === -1 ? sloppySplit(scan, anchorEnd, authority, scheme) : anchorEnd + inAuthority;
    if (split === undefined) return nothingBefore(anchorEnd);
    const userinfo = scan.slice(anchorEnd, split);
    return isCredential(userinfo) ? found(anchorEnd, split, 'url-userinfo') : nothingBefore(anchorEnd);
  },
};

/** No `@` before the first slash: a password that holds one, unless what stands there is a host and its port. */
function sloppySplit(scan: Scan, from: number, authority: number, scheme: string): number | undefined {
  const head = scan.slice(from, authority);
  const colon = head.indexOf(':');
  if (colon === -1 || !'/?#'.includes(scan.text[authority] ?? ' ')) return undefined;
  const web = /^(?:https?|wss?|git|ssh)$/i.test(scheme);
  if (web && /^[0-9]{0,5}$/.test(head.slice(colon + 1))) return undefined;
  const rest = scan.slice(from, scan.until(from, urlEnd, 256));
  const split = rest.lastIndexOf('@');
  // Behind the real `@` comes a host.
  return split > colon && /^[A-Za-z0-9[]/.test(rest.slice(split + 1)) ? from + split : undefined;
}

function isCredential(userinfo: string): boolean {
  if (holdsOnlyMarkers(userinfo)) return false;
  const colon = userinfo.search(/:|%3A/i);
  // A lone name is a user; a lone long mixture is a token in the user's place.
  if (colon === -1)
    return userinfo.length >= 16 && mixed(userinfo) && !/^[a-z]+[a-z0-9.-]*-[a-z0-9.-]*$/.test(userinfo);
  const password = userinfo.slice(colon + (userinfo[colon] === ':' ? 1 : 3));
  return password !== '' && !plainlyNoSecret(password);
}

/** What signs a URL: the query parameter's value goes, its name stays. */
const signature: PatternRule = {
  name: 'url-signature',
  folded: true,
  anchors: ['?sig=', '&sig=', 'x-amz-signature=', 'x-goog-signature=', '&signature=', '?signature='],
  read(scan, _at, anchorEnd): Reading | undefined {
    const end = scan.run(anchorEnd, alphabetOfQuery);
    return end - anchorEnd < 16 ? nothingBefore(end) : found(anchorEnd, end, 'url-signature');
  },
};

const alphabetOfQuery = alphabet('A-Za-z0-9%._~+/=-');

export const urlRules: readonly PatternRule[] = [userinfoRule, signature];
