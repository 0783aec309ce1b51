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

/** Stricter, for environment variables, whose literals are withheld unless they are plainly harmless. */
export function isSecretVariable(name: string): boolean {
  return /pass|pwd|token|secret|key|cred|auth|dsn|cookie|salt|pin|otp|private|cert|sign|session|jwt|hook|conn/i.test(
    name,
  );
}

/** `env`, `extraEnvVars`, `environment`. */
export function isEnvironment(name: string): boolean {
  return /env(?:ironment)?(?:var(?:iable)?s?)?$/.test(plainName(name));
}

export function isCommandLine(name: string): boolean {
  return /^(?:args|command|cmd|entrypoint|arguments|extraargs|flags|postexec|preexec)$/.test(plainName(name));
}

function plainName(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[-_.]/g, '');
}
