import { classifyName } from '../../redaction/key-names.ts';
import { secretPart } from '../../redaction/structure/rules.ts';

/**
 * Names that say their value is a secret. A name counts when it ends in one of the words, so `passwordFile` and
 * `tokenTTL` do not: those are where and how long, not what.
 */
const words = [
  'passw(?:or)?d',
  'passphrase',
  'pwd',
  'token',
  'secret',
  'secretid',
  '(?:api|secret|private|access|auth|encryption|signing|master|session|shared|account|license)key(?:id)?',
  'dsn',
  'connectionstring',
  'connstr',
  'webhook(?:url)?',
  'basicauth',
  'credential',
  'authorization',
  'cookie',
  'bearer',
  'otp',
  'pin',
].join('|');

const endsInSecretWord = new RegExp(`(?:${words})s?(?:value|hash|data|base64|text|plain|old|new|current)?\\d*$`);

/** Fields whose text is the name of a Secret object by convention. */
const namesOfObjects = new Set(['existingsecret', 'imagepullsecret', 'imagepullsecrets', 'pullsecret', 'tlssecret']);

export function isSecretName(name: string): boolean {
  const plain = plainName(name);
  return endsInSecretWord.test(plain) && !namesOfObjects.has(plain);
}

/** `rootpass`, `requirepass`: one word that ends in another. */
const joined = /^(?!(?:by|com|encom|over|sur|tres|under)pass$)[a-z]+pass$|^masterauth$/;

/** Names that tell of the text beside them, and not of everything below: `jwt` has a path and a role, too. */
function isTelling(name: string): boolean {
  const known = classifyName(name);
  return joined.test(plainName(name)) || (known !== undefined && known !== 'dsn');
}

/** Whether a text or a number is a secret because of the name right beside it: `pass`, `psk`, `jwt`, `ssh-key`. */
export function isSecretValue(name: string, value: string | number): boolean {
  if (!isTelling(name) || value === '') return false;
  return secretPart(name, value) !== undefined || (typeof value === 'string' && joined.test(plainName(name)));
}

/** Stricter, for environment variables, whose literals are withheld unless they are plainly harmless. */
export function isSecretVariable(name: string): boolean {
  return /pass|pwd|token|secret|key|cred|auth|dsn|cookie|salt|pin|otp|private|cert|sign|session|jwt|hook|conn/i.test(
    name,
  );
}

/**
 * What a field's name says of what is below it. `value` says so only in kinds that are made of secrets, `telling` only of
 * texts right beside it.
 */
export type Meaning = 'environment' | 'command-line' | 'secret' | 'telling' | 'value' | 'plain';

const known = new Map<string, Meaning>();
const mostKnown = 5_000;

/** Remembered, because a cluster's objects have the same few hundred field names. */
export function meaningOf(name: string): Meaning {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const meaning = readMeaning(name);
  if (known.size < mostKnown) known.set(name, meaning);
  return meaning;
}

function readMeaning(name: string): Meaning {
  const plain = plainName(name);
  if (/env(?:ironment)?(?:var(?:iable)?s?)?$/.test(plain)) return 'environment';
  if (/^(?:args|command|cmd|entrypoint|arguments|extraargs|flags)$/.test(plain)) return 'command-line';
  if (isSecretName(name)) return 'secret';
  if (isTelling(name)) return 'telling';
  return /^(?:value|valuemap|values)$/.test(plain) ? 'value' : 'plain';
}

function plainName(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[-_.]/g, '');
}
