import { randomInt } from 'node:crypto';
import type { alphabets } from '../../change/wire/secret.ts';
import { Secret } from '../../kit/index.ts';

export type Alphabet = (typeof alphabets)[number];

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const digits = '0123456789';

/** No symbol that a shell, a URL's user or a YAML scalar takes for something else in the middle of a word. */
export const lettersOf: Readonly<Record<Alphabet, string>> = {
  'letters-digits': `${upper}${lower}${digits}`,
  'letters-digits-symbols': `${upper}${lower}${digits}-._~+=,^`,
  hex: `${digits}abcdef`,
  base64url: `${upper}${lower}${digits}-_`,
  digits,
};

/** Every letter as likely as any other, whatever their number. */
export function draw(length: number, alphabet: Alphabet): Secret {
  const letters = lettersOf[alphabet];
  return new Secret(Array.from({ length }, () => letters[randomInt(letters.length)]).join(''));
}
