import { z } from 'zod';

/**
 * Known values, without the values. A fingerprint says how to recognise one secret in one encoding: a keyed hash of an eight-unit
 * window somewhere in it, a keyed hash of the whole, and a keyed MAC that decides. The keys are drawn by whoever made the set
 * (the fingerprinter) each time it starts, so a set says nothing to who has another.
 *
 *  class a   long and random: looked for everywhere, also in what agents write
 *  class b   8 to 15 characters, or longer and not random: looked for in what others write
 *  class c   4 to 7: only behind its own key's name (`pin: 4711`)
 *  public    stands in the trusted base for everybody to read: never looked for
 *
 * The length of a value is in the matcher's table, for it must know where a match ends; it is in nothing an agent is shown.
 */
export const valueClasses = ['a', 'b', 'c', 'public'] as const;
export type ValueClass = (typeof valueClasses)[number];

/** `secret/apps/mail#password@3`, shown as `«secret:secret/apps/mail#password@v3»`. Safe to print. */
export const secretLabel = z.strictObject({
  mount: z.string().max(200),
  path: z.string().max(500),
  key: z.string().max(200),
  version: z.int().min(0),
});
export type SecretLabel = z.output<typeof secretLabel>;

/**
 * One set, as it travels. `patterns`: records of 40 bytes, base64:
 * u32 window · u16 offset · u16 length · u32 whole · 16 bytes MAC · u32 label (index) · u8 class (0 a, 1 b, 2 c) · u8 flags · 6 bytes zero.
 * Little endian. Windows are over UTF-16 units of the encoded text.
 */
export const fingerprintSet = z.strictObject({
  generation: z.string().min(1).max(80),
  /** base64, 32 bytes each. */
  keys: z.strictObject({ hash: z.string(), mac: z.string() }),
  labels: z.array(secretLabel),
  patterns: z.string(),
});
export type FingerprintSet = z.output<typeof fingerprintSet>;

/** What is covered, and what is not: shown by `vault_health`, on every answer in degraded mode, and by doctor. */
export const fingerprintCoverage = z.strictObject({
  at: z.string(),
  mounts: z.array(z.string()),
  secrets: z.int(),
  values: z.int(),
  byClass: z.strictObject({ a: z.int(), b: z.int(), c: z.int(), public: z.int() }),
  /** Values that are never looked for: too short, or words everybody uses. References, at most 50, and how many there are. */
  skipped: z.strictObject({ count: z.int(), some: z.array(z.string()) }),
  /** Paths that could not be read, with the reason. */
  unread: z.array(z.strictObject({ path: z.string(), why: z.string() })),
  /** Values of class a that stand in the trusted base: leaked, and still masked. References. */
  inRepository: z.array(z.string()),
});
export type FingerprintCoverage = z.output<typeof fingerprintCoverage>;
