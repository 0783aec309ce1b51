/**
 * What a value beside a secret-sounding name is: plainly not a secret (a reference, a placeholder, a boolean), something
 * drawn at random, or neither.
 */

/** Longer values are never plainly harmless, so nothing here reads more than this. */
export const judgedLength = 256;

const words = new Set([
  '',
  'true',
  'false',
  'null',
  'nil',
  'none',
  'undefined',
  'unset',
  'yes',
  'no',
  'on',
  'off',
  'n/a',
  'na',
  'string',
  'str',
  'bool',
  'boolean',
  'int',
  'integer',
  'number',
  'object',
  'bytes',
  'redacted',
  'hidden',
  'masked',
  'sensitive',
  'required',
  'optional',
  'empty',
  'present',
  'missing',
  'absent',
  'enabled',
  'disabled',
  'known',
  'byte[]',
]);

/** Behind `password: ` in a sentence: what went wrong, not what was typed. */
const prose = new Set([
  'a',
  'an',
  'and',
  'authentication',
  'auth',
  'cannot',
  'could',
  'denied',
  'does',
  'error',
  'expired',
  'failed',
  'failure',
  'for',
  'has',
  'incorrect',
  'invalid',
  'is',
  'length',
  'malformed',
  'mismatch',
  'must',
  'not',
  'rejected',
  'should',
  'the',
  'too',
  'unauthorized',
  'unknown',
  'use',
  'using',
  'was',
  'with',
  'wrong',
  'rpc',
  'unable',
  'unexpected',
  'signature',
]);

const references: readonly RegExp[] = [
  /^\$[A-Z_][A-Z0-9_]*$/,
  /^\$\{[A-Za-z_][\w.[\]]*\}$/,
  /^\$\((?:[A-Z_][A-Z0-9_]*|[a-z]+ [^'"]*)\)?$/,
  /^%[A-Z_][A-Z0-9_]*%$/,
  /^\$?\{\{[^"'`{}]*\}\}$/,
  /^<[a-z][a-z _-]*>$/i,
  /^\((?:sensitive(?: value)?|known after apply|none|redacted|unset|empty)\)?$/,
  /^\[?(?:redacted|hidden|masked|filtered|secret)\]?$/i,
  /^[*•.x-]+$/i,
  /^%[#+]?[a-z]$/i,
  /^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9-]+|sk-ssh-[a-z0-9@.-]+)(?: |$)/,
  /^(?:vault|op|ref\+[a-z0-9]+|secretref|sops|kms|env|file|aws-sm|gcp-sm|bws):/,
  /^\$\{(?:env|file|vault|secret)[:.][^}]*\}$/,
  /^\$__(?:env|file)\{[^}]*\}$/,
  /^arn:aws[a-z-]*:/,
  /^ENC\[[A-Z0-9_]+,/,
  /^!(?:Ref|Sub|GetAtt|secret|env_var)\b/,
  /^@Microsoft\.KeyVault\(/,
  /^(?:var|local|each|self|module|data|random_[a-z]+|vault_[a-z_]+|kubernetes_[a-z_0-9]+|tls_[a-z_]+|dependency)\.[\w.[\]"*-]+,?$/,
  /^(?:process\.env|os\.environ|os\.getenv|os\.Getenv|env|cfg|conf|config|settings|options|opts|this|req|ctx|args)[.[(][\w.[\]()]*$/,
  /^(?:random_password|data\.[a-z_]+|base64encode|base64decode|jsondecode|lookup|try|file|sensitive|nonsensitive|coalesce|format|get_env)\(/,
  /^[A-Z]:\\[\w\\. -]+$/,
];

/** Shown unless some part of them looks drawn at random: paths, files of keys, YAML aliases, other resources in HCL. */
const named: readonly RegExp[] = [
  /^(?:\.{1,2}|~)?(?:\/[A-Za-z0-9._-]{1,64}){2,8}\/?$/,
  /^[\w./<>${}-]{1,128}\.(?:pem|key|crt|cer|p12|pfx)$/,
  /^[&*][A-Za-z][\w-]{1,64}$/,
];
const otherResource =
  /^[a-z][a-z0-9]*(?:_[a-z0-9_]+(?:\.[A-Za-z_][\w-]*|\[[^\]]{0,64}\]){1,8}|(?:\.[A-Za-z_][\w-]*){2,8})$/;

/** A reference, a placeholder, a word for "none": shown. */
export function plainlyNoSecret(value: string): boolean {
  if (value.length > judgedLength) return false;
  const text = value.trim();
  if (words.has(text.toLowerCase().replace(/^[<([]|[>)\]]$/g, ''))) return true;
  return (
    references.some((reference) => reference.test(text)) ||
    (named.some((name) => name.test(text)) && !looksRandom(text))
  );
}

/** `random_password.db.result`, `module.db.outputs.password`: what HCL writes without quotes. */
export function namesOtherResource(value: string): boolean {
  return value.length <= judgedLength && otherResource.test(value) && !looksRandom(value);
}

export function proseWord(value: string): boolean {
  return prose.has(value.toLowerCase().replace(/[.,:;!]$/, ''));
}

/** Counts, sizes, times: what stands beside `token` without being one. */
export function plainNumber(value: string): boolean {
  return /^[-+]?[0-9][0-9_.,]{0,11}(?:ns|us|µs|ms|s|m|h|d|Ki|Mi|k|M|%)?$/.test(value);
}

/**
 * Drawn at random rather than named by someone: some piece between separators mixes kinds of characters in a way no
 * name does. Lowercase names with a short hash behind (pods, releases) do not count.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || /\s/.test(value)) return false;
  if (/[!#$%^&*~?|]/.test(value) && /[A-Za-z]/.test(value) && /[0-9]/.test(value)) return true;
  return value.split(/[^A-Za-z0-9]+/).some(randomPiece);
}

function randomPiece(piece: string): boolean {
  if (piece.length < 8) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(piece)).length;
  if (kinds === 1) return /^[0-9]+$/.test(piece) ? piece.length >= 32 : false;
  const changes = kindChanges(piece);
  if (piece.length >= 20) return shannon(piece) >= 3 && changes >= piece.length / 6;
  if (kinds === 3) return changes >= 3;
  return /[0-9]/.test(piece) && changes >= 3 && piece.length > 10;
}

/** How often neighbours differ in kind; a capital that starts a word counts once with what follows. */
function kindChanges(piece: string): number {
  const kind = (code: number): number => (code < 58 ? 0 : code < 91 ? 1 : 2);
  let changes = 0;
  for (let index = 1; index < piece.length; index += 1) {
    const before = kind(piece.charCodeAt(index - 1));
    const here = kind(piece.charCodeAt(index));
    if (before !== here && !(before === 1 && here === 2)) changes += 1;
  }
  return changes;
}

/** Bits per character. */
export function shannon(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
