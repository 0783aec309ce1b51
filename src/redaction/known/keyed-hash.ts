import { createCipheriv, createHmac, type KeyObject } from 'node:crypto';

/**
 * The hashes of one set. A unit of UTF-16 stands for a number drawn from the key; a window is those numbers turned by four
 * bits a unit, so that after eight units the oldest is back where it started and one step takes it out again.
 *
 * Windows are eight units, no less: a table of shorter pieces, which would let the scan skip, would also let whoever has
 * set and keys read the values off it piece by piece.
 */
export const windowUnits = 8;
export const shortWindowUnits = 4;
export const keyBytes = 32;
export const macBytes = 16;
const unitCount = 0x1_0000;

export interface KeyedHash {
  /** By UTF-16 unit. */
  readonly numbers: Uint32Array;
  /** Odd: a whole is a polynomial in it, so that a part of a text is the difference of two prefixes. */
  readonly base: number;
}

export function keyedHash(key: Buffer): KeyedHash {
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc((unitCount + 1) * 4));
  const numbers = Uint32Array.from({ length: unitCount }, (_, unit) => stream.readUInt32LE(unit * 4));
  return { numbers, base: (stream.readUInt32LE(unitCount * 4) | 1) >>> 0 };
}

/** Of at most eight units. */
export function windowHash({ numbers }: KeyedHash, text: string, at: number, units: number): number {
  let hash = 0;
  for (let index = at; index < at + units; index += 1) {
    hash = ((hash << 4) | (hash >>> 28)) ^ (numbers[text.charCodeAt(index)] ?? 0);
  }
  return hash >>> 0;
}

export function wholeHash({ numbers, base }: KeyedHash, text: string, start: number, end: number): number {
  let hash = 0;
  for (let index = start; index < end; index += 1) {
    hash = (Math.imul(hash, base) + (numbers[text.charCodeAt(index)] ?? 0)) | 0;
  }
  return hash >>> 0;
}

/** Decides: of every unit, halves of surrogate pairs too. */
export function macOf(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(Buffer.from(text, 'utf16le')).digest().subarray(0, macBytes);
}
