import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { readOwnFile, stateUnusable, writeOwnFile } from './own-file.ts';

/**
 * What is remembered of a value: a MAC under a key that is drawn once and never leaves this user's file. It says whether two
 * values are the same, to nobody but this process; MACs stand in its state directory and in no answer.
 */
export interface MacKey {
  /** 22 characters, of 128 bits. */
  of(value: string | Uint8Array): string;
}

const keyBytes = 32;

export function loadMacKey(directory: string): MacKey {
  const file = join(directory, 'history.key');
  const found = readOwnFile(file);
  if (found !== undefined && found.byteLength !== keyBytes)
    throw stateUnusable(file, 'is not the key that was written');
  const key = found ?? randomBytes(keyBytes);
  if (found === undefined) writeOwnFile(file, key);
  return macKey(key);
}

export function macKey(key: Uint8Array): MacKey {
  return { of: (value) => createHmac('sha256', key).update(value).digest().subarray(0, 16).toString('base64url') };
}

/** In a time that says nothing of where they differ. */
export function sameMac(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
