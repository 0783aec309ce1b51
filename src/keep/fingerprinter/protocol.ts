import { z } from 'zod';
import {
  clusterSecretReference,
  comparison,
  fingerprintsReply,
  secretHistory,
  secretReference,
} from '../../change/wire/secret.ts';

/**
 * What the keep and its fingerprinter say to each other: one JSON object a line, one request a connection. There is no field that
 * could hold a value: a comparison takes two references, a refresh one, and only words of the trusted base travel as they are.
 */
export const mostWordBytes = 200;
/** Of a chunk; what is left of the line are its frame and JSON's escapes. */
export const mostWordsBytes = 200 * 1024;
export const mostChunks = 128;

/** Bytes of a request's line. */
export const longestRequest = 512 * 1024;
/** Bytes of a reply's line: the daemon takes no more from the keep, and the set is bounded below it (assemble.ts). */
export const longestReply = 8 * 1024 * 1024;

const commit = z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit id');

export const fingerprinterRequest = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('state') }),
  /** Waits until there is another generation than `have`. */
  z.strictObject({
    verb: z.literal('fingerprints'),
    have: z.string().max(80).optional(),
    waitMs: z.int().min(0).max(45_000),
  }),
  z.strictObject({ verb: z.literal('history'), secret: secretReference }),
  z.strictObject({
    verb: z.literal('compare'),
    left: secretReference.required({ key: true }),
    right: z.union([secretReference.required({ key: true }), clusterSecretReference]),
  }),
  z.strictObject({ verb: z.literal('refresh'), secret: secretReference.optional() }),
  /** Chunk `part` of `parts`, from 1 on; the last one to come makes them the published words. */
  z
    .strictObject({
      verb: z.literal('publish'),
      commit,
      part: z.int().min(1).max(mostChunks),
      parts: z.int().min(1).max(mostChunks),
      words: z.array(z.string().min(1).max(mostWordBytes)),
    })
    .refine(({ part, parts }) => part <= parts, 'part must be at most parts'),
]);
export type FingerprinterRequest = z.output<typeof fingerprinterRequest>;

export const fingerprinterState = z.strictObject({
  version: z.string().max(40),
  /** `starting`: Vault was not read to its end yet. */
  state: z.enum(['starting', 'ready']),
  /** What it was started without, or what Vault says; in our own words. */
  problems: z.array(z.string()),
  /** Since when Vault cannot be asked; what is known stays. */
  vaultDownSince: z.string().optional(),
  generation: z.string().optional(),
  /** Whose words are `public`. */
  published: commit.optional(),
});
export type FingerprinterState = z.output<typeof fingerprinterState>;

export const fingerprinterReply = z.strictObject({
  state: fingerprinterState.optional(),
  fingerprints: fingerprintsReply.optional(),
  history: secretHistory.optional(),
  comparison: comparison.optional(),
  done: z.literal(true).optional(),
  error: z
    .strictObject({ code: z.string(), audience: z.enum(['agent', 'operator']), message: z.string(), next: z.string() })
    .optional(),
});
export type FingerprinterReply = z.output<typeof fingerprinterReply>;
