import { randomBytes } from 'node:crypto';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Base32 digits of five random bits each: 256 is a multiple of 32, so every digit is as likely as any other. */
export function randomDigits(count: number): string {
  return [...randomBytes(count)].map((byte) => base32[byte % 32] ?? '').join('');
}
