import { createHash } from 'node:crypto';

/** Two texts that differ in case and blanks only are one. */
export function hashOf(content: string): Uint8Array {
  const plain = content.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(plain).digest();
}

/** Of what a text was sealed into, which is another each time: the text's own hash would say yes to whoever guesses it. */
export function hashOfSealed(cipher: Uint8Array): Uint8Array {
  return createHash('sha256').update('sealed:').update(cipher).digest();
}
