import { base64url, hex } from '../signing/bytes.ts';

/**
 * Binds what was typed into the document that is signed, and tells nothing of it: SHA-256 over 32 random bytes and the value's UTF-8.
 * The bytes go to the keep beside the value, which computes it again before it writes.
 */
export interface Commitment {
  /** base64url. */
  readonly salt: string;
  /** Hex. */
  readonly commitment: string;
}

export async function commitTo(value: string): Promise<Commitment> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const text = new TextEncoder().encode(value);
  const both = new Uint8Array(salt.length + text.length);
  both.set(salt);
  both.set(text, salt.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', both));
  text.fill(0);
  both.fill(0);
  return { salt: base64url(salt), commitment: hex(digest) };
}
