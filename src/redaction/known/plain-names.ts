import { looksRandom } from '../values.ts';

/**
 * What a value plainly names, in a word for the list of what is skipped; undefined when it may be a secret. A name with a
 * part that was drawn at random is none of these: the webhook that is a URL, the bucket that is a token.
 */
export function plainName(text: string): string | undefined {
  if (text.length > longest) return undefined;
  for (const [what, shape] of shapes) if (shape.test(text)) return what;
  for (const [what, shape] of shapesOfWords) if (shape.test(text) && !holdsRandom(text)) return what;
  return undefined;
}

const longest = 2_048;

const shapes: readonly (readonly [string, RegExp])[] = [
  // Four to seven digits may be a PIN; from twenty on nobody counts any more.
  ['a number', /^[-+]?(?:[0-9]{8,19}|[0-9]{1,12}[.,][0-9]{1,6})$/],
  ['an amount', /^[0-9]{1,12}(?:\.[0-9]{1,3})?(?:ns|us|ms|s|m|h|d|Ki|Mi|Gi|Ti|k|M|G|%|MB|GB|KB)$/],
  ['a date', /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,18}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$/],
  ['a version', /^v?[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}(?:[-+](?:alpha|beta|rc|dev|alpine|slim|[0-9.]){1,20})?$/],
  ['an address', /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{1,5}|\/[0-9]{1,2})?$/],
  ['an address', /^(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){7})[0-9a-f:]{2,39}(?:\/[0-9]{1,3})?$/i],
  ['a public key', /^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9-]+|sk-ssh-[a-z0-9@.-]+) [A-Za-z0-9+/=]+(?: |$)/],
  ['a time zone', /^(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)\/[A-Za-z_/+-]+[0-9]{0,2}$/],
];

const host = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{1,30}\\.?(?::[0-9]{1,5})?';

const shapesOfWords: readonly (readonly [string, RegExp])[] = [
  ['a hostname', new RegExp(`^(?:\\*\\.)?${host}$`, 'i')],
  ['an e-mail address', /^[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i],
  // With a user at most: a password in one is no name.
  ['a URL', /^[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^/\s:@]{1,64}@)?[^\s@]{1,2000}$/i],
  ['a path', /^(?:\.{1,2}|~)?(?:\/[A-Za-z0-9._@-]{1,128}){1,32}\/?$/],
  [
    'an image',
    new RegExp(
      `^(?:${host}/|localhost(?::[0-9]{1,5})?/)?[a-z0-9._-]+(?:/[a-z0-9._-]+)+(?::[\\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?$`,
      'i',
    ),
  ],
  ['an image', /^[a-z0-9._/-]{2,200}@sha256:[0-9a-f]{64}$/],
  ['an image', /^[a-z][a-z-]{1,40}:v?[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:-[a-z]{2,12})?$/],
];

/** Every part a word, a number, or a word with a number: what is drawn at random has a part that is none of these. */
const wordPart =
  /^(?:[A-Z]?[a-z]{0,24}[0-9]{0,4}[a-z]{0,8}[0-9]{0,2}|[A-Z]{1,12}[0-9]{0,4}|[a-z]{1,24}(?:[A-Z][a-z]{1,24}){1,6}|[0-9]{1,12})$/;

function holdsRandom(text: string): boolean {
  const named = text.replace(/@sha256:[0-9a-f]{64}$/, '');
  return looksRandom(named) || !named.split(/[^A-Za-z0-9]+/).every((piece) => wordPart.test(piece));
}
