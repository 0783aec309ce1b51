import { randomBytes } from 'node:crypto';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** 130 random bits: 256 is a multiple of 32, so every digit is as likely as any other. */
export function newId(prefix: 'run' | 'chg' | 'set' | 'req'): string {
  return `${prefix}_${[...randomBytes(26)].map((byte) => base32[byte % 32] ?? '').join('')}`;
}

export function newRunId(): string {
  return newId('run');
}
