import { holdsOnlyMarkers } from '../marker.ts';
import { alphabet } from '../scan.ts';
import { plainlyNoSecret } from '../values.ts';
import { readValue } from './grammar.ts';
import { base64, found, foundByContext, nothingBefore, type PatternRule } from './rule.ts';

/** Credentials in command lines and SQL whose flag has no telling name. */
const user: PatternRule = {
  name: 'command-login',
  anchors: [' -u ', ' -u', ' --user ', ' --user=', ' -U '],
  read(scan, _at, anchorEnd) {
    const value = readValue(scan, anchorEnd, 'word');
    const text = scan.slice(value.start, Math.min(value.end, value.start + 512));
    const login = /^[A-Za-z0-9_.@+-]{1,128}:(?=[^/\s])/.exec(text)?.[0];
    if (login === undefined) return nothingBefore(anchorEnd);
    const password = text.slice(login.length);
    // `docker run -u 1000:1000` names a user and a group.
    if (/^[0-9]{1,6}$/.test(password) || /^[a-z]{1,12}$/.test(password)) return nothingBefore(anchorEnd);
    if (plainlyNoSecret(password) || holdsOnlyMarkers(password)) return nothingBefore(anchorEnd);
    return foundByContext(value.start + login.length, value.end, 'command-login');
  },
};

const argument: PatternRule = {
  name: 'command-login',
  folded: true,
  anchors: [
    'sshpass -p ',
    'sshpass -p',
    'redis-cli -a ',
    "identified by '",
    'docker login -p ',
    "encrypted password '",
  ],
  read(scan, _at, anchorEnd) {
    // SQL's anchor holds the opening quote.
    const from = scan.text[anchorEnd - 1] === "'" ? anchorEnd - 1 : anchorEnd;
    const value = readValue(scan, from, 'word');
    const text = scan.slice(value.start, Math.min(value.end, value.start + 512));
    if (text === '' || plainlyNoSecret(text) || holdsOnlyMarkers(text)) return nothingBefore(anchorEnd);
    return foundByContext(value.start, value.end, 'command-login');
  },
};

const hashBody = alphabet('A-Za-z0-9./+=$,_-');

/** Password hashes: what a guesser needs. */
const hashes: PatternRule = {
  name: 'password-hash',
  anchors: [
    ...['$2a$', '$2b$', '$2x$', '$2y$', '$argon2i', '$argon2d', '$1$', '$5$', '$6$', '$y$', '$7$', '$gy$', '$apr1$'],
    ...['$pbkdf2-', '$scrypt$', 'SCRAM-SHA-256$', 'pbkdf2_sha256$', '{SSHA}', '{SHA}', '{SSHA512}', '{CRYPT}'],
  ],
  read(scan, at, anchorEnd) {
    const body =
      scan.text[anchorEnd - 1] === '$' && scan.text.startsWith('SCRAM', at) ? alphabet('A-Za-z0-9+/=:$') : hashBody;
    const end = scan.run(anchorEnd, body);
    // The short marks also open words of some encodings; a salt and a hash stand apart.
    const apart = anchorEnd - at > 3 || scan.slice(anchorEnd, Math.min(end, anchorEnd + 40)).includes('$');
    return end - anchorEnd < 22 || !apart ? nothingBefore(end) : found(at, end, 'password-hash');
  },
};

/** Compressed and then encoded (a Helm release, cloud-init data): nothing can look inside, so it does not leave. */
const compressed: PatternRule = {
  name: 'compressed-blob',
  anchors: ['H4sI', 'SDRzS'],
  read(scan, at) {
    const end = scan.run(at, base64);
    return end - at < 64 ? nothingBefore(end) : found(at, scan.run(end, alphabet('='), 2), 'compressed-blob');
  },
};

export const commandRules: readonly PatternRule[] = [user, argument, hashes, compressed];
