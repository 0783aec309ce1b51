/**
 * What a name says about the value beside it.
 *
 *  password   any value is masked, numbers too, unless it is a reference or a word for "none"
 *  token      masked unless it is a reference, a number or a word of a sentence
 *  secret     names both values and the objects that hold them: masked only when the value looks drawn at random
 *  dsn        a connection string: `user:password@` at its start goes
 *  capability a URL that is itself the credential: all behind the host goes
 */
export type NameClass = 'password' | 'token' | 'secret' | 'dsn' | 'capability';

const longestName = 96;

/** Words behind the telling one that change nothing: DB_PASSWORD_OLD, client-key-data. */
const trailing = new Set([
  'value',
  'current',
  'new',
  'old',
  'previous',
  'plain',
  'plaintext',
  'raw',
  'text',
  'string',
  'b64',
  'base64',
  'encoded',
  'data',
  'default',
  'prod',
  'dev',
  'staging',
  'primary',
  'secondary',
  'main',
  'again',
  'confirm',
  'confirmation',
  'env',
]);

const beforeKey = new Set([
  'api',
  'access',
  'secret',
  'private',
  'priv',
  'encryption',
  'decryption',
  'signing',
  'signature',
  'master',
  'account',
  'auth',
  'session',
  'storage',
  'unseal',
  'recovery',
  'preshared',
  'shared',
  'hmac',
  'cookie',
  'app',
  'webhook',
  'jwt',
  'deploy',
  'ssh',
  'license',
  'root',
  'security',
  'admin',
  'subscription',
  'application',
  'client',
  'management',
  'seal',
  'wrapping',
  'tunnel',
  'wireguard',
  'registration',
  'integration',
  'crypto',
  'cipher',
  'aes',
  'rsa',
  'authentication',
  'server',
  'tls',
  'host',
  'age',
  'sops',
  'gpg',
  'pgp',
  'backup',
  'join',
  'psk',
  'unsealing',
  'peer',
]);

const beforeSecret = new Set([
  'client',
  'app',
  'application',
  'shared',
  'jwt',
  'session',
  'webhook',
  'cookie',
  'totp',
  'otp',
  'hmac',
  'signing',
  'api',
  'oauth',
  'oauth2',
  'oidc',
  'consumer',
  'rpc',
  'registration',
  'turn',
  'static',
  'master',
  'internal',
  'access',
  'refresh',
  'bot',
  'channel',
  'saml',
  'encryption',
  'hash',
  'nextauth',
  'token',
  'password',
  'connect',
  'macaroon',
]);

/** Positions in a list or a stream, and the special words of language models. */
const harmlessTokens = new Set([
  'progress',
  'page',
  'next',
  'continue',
  'continuation',
  'pagination',
  'cursor',
  'sync',
  'resume',
  'eos',
  'bos',
  'pad',
  'unk',
  'stop',
  'sep',
  'mask',
  'cls',
  'invalidation',
  'syntax',
  'unexpected',
  'idempotency',
  'per',
  'max',
  'min',
]);

/** A name with one of these tells of a secret without holding it. */
const about = new Set(['checksum', 'sha256', 'sha512', 'sha1', 'md5', 'digest', 'fingerprint', 'public', 'existing']);

const endings: readonly (readonly [RegExp, NameClass])[] = [
  [/(?:password|passwd|passphrase|passwort|passcode)s?$/, 'password'],
  [/.token$|^jwt$|^bearer$|^sas$/, 'token'],
  [
    /.(?:secret|apikey|secretkey|privatekey|accesskey|authkey|masterkey|encryptionkey|signingkey|sharedkey|accountkey)$/,
    'token',
  ],
  [
    /^(?:apikey|secretkey|privatekey|accesskey|authkey|sshkey|masterkey|presharedkey|dockerconfigjson|dockercfg)$/,
    'token',
  ],
];

const known = new Map<string, NameClass | undefined>();

/** `name` as it was written, in any case and style. */
export function classifyName(name: string): NameClass | undefined {
  if (name.length > longestName) return undefined;
  if (known.has(name)) return known.get(name);
  const result = classify(wordsOf(name));
  if (known.size > 4_000) known.clear();
  known.set(name, result);
  return result;
}

function wordsOf(name: string): string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [];
  return words.map((word) => word.toLowerCase());
}

function classify(all: readonly string[]): NameClass | undefined {
  if (all.some((word) => about.has(word)) || (all.includes('sha') && all.includes('256'))) return undefined;
  const words = [...all];
  while (words.length > 1 && (trailing.has(words.at(-1) ?? '') || /^[0-9]+$/.test(words.at(-1) ?? ''))) words.pop();
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  for (const [ending, result] of endings) if (ending.test(last)) return result;
  switch (last) {
    case 'pwd':
    case 'pw':
    case 'psk':
    case 'mnemonic':
      return 'password';
    case 'pass':
      return before === '' ? 'token' : 'password';
    case 'phrase':
      return ['seed', 'recovery', 'secret', 'backup', 'pass', 'mnemonic'].includes(before) ? 'password' : undefined;
    case 'word':
      return before === 'pass' ? 'password' : undefined;
    case 'code':
    case 'codes':
      return ['recovery', 'backup', 'pin', 'alarm', 'scratch'].includes(before) ? 'password' : undefined;
    case 'pin':
      return ['user', 'device', 'alarm', 'sim', 'lock', 'door', 'security', 'card'].includes(before)
        ? 'password'
        : undefined;
    case 'hash':
    case 'hashed':
      return /^pass(?:word|wd|phrase)?$/.test(before) ? 'password' : undefined;
    case 'otp':
    case 'totp':
      return before === '' ? 'token' : 'password';
    case 'token':
      return harmlessTokens.has(before) ? undefined : 'token';
    case 'secret':
      return beforeSecret.has(before) ? 'token' : 'secret';
    case 'key':
      return beforeKey.has(before) ? (before === 'secret' && words.length === 2 ? 'secret' : 'token') : undefined;
    case 'keys':
      return beforeKey.has(before) ? 'secret' : undefined;
    case 'certificate':
      return all.at(-1) === 'data' && before === 'client' ? 'token' : undefined;
    case 'id':
      return before === 'secret' ? 'secret' : undefined;
    case 'secrets':
    case 'tokens':
    case 'credential':
    case 'credentials':
    case 'creds':
    case 'cred':
    case 'auth':
      return 'secret';
    case 'dsn':
      return 'dsn';
    case 'url':
    case 'uri':
      return urlClass(before);
    case 'connection':
      return 'dsn';
    case 'webhook':
      return 'capability';
    default:
      return undefined;
  }
}

function urlClass(before: string): NameClass | undefined {
  if (before === 'webhook' || before === 'hook') return 'capability';
  return ['database', 'connection', 'db', 'broker', 'redis'].includes(before) ? 'dsn' : undefined;
}
