import { createHash, randomBytes } from 'node:crypto';

/** Two texts that differ in case and blanks only are one. */
export function hashOf(content: string): Uint8Array {
  const plain = content.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(plain).digest();
}

/** Of a sensitive entry: its true hash would say yes to whoever guesses the text. */
export function hashOfNothing(): Uint8Array {
  return randomBytes(32);
}
