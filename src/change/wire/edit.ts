import { z } from 'zod';

/**
 * On keep.sock: an edit of the trusted base that gives fields of a live object another value. Nothing is proposed by asking; the
 * words of src/iac/edit/port.ts.
 */
const step = z.union([
  z.string().min(1).max(253),
  z.int().min(0).max(10_000),
  z.strictObject({ name: z.string().min(1).max(253) }),
  z.strictObject({ only: z.literal(true) }),
]);
const scalar = z.union([z.string().max(4_000), z.number(), z.boolean()]);

export const fieldWish = z.strictObject({
  path: z.array(step).min(1).max(20),
  /** Absent: it is to be gone. */
  value: scalar.optional(),
});
export type FieldWish = z.output<typeof fieldWish>;
export type FieldStep = FieldWish['path'][number];

/** `kind` of a Helm release is `HelmRelease`. */
export const wishedObject = z.strictObject({
  kind: z.string().min(1).max(100),
  namespace: z.string().max(63).optional(),
  name: z.string().min(1).max(253),
});

const place = z.strictObject({ file: z.string(), line: z.int() });
/** Values are redacted; absent is not there, or not written down. */
const change = z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string().optional() });

export const editReply = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('prepared'),
    stack: z.string(),
    address: z.string(),
    place,
    /** Holds nothing that redaction would mask: one that does is refused as `secret`. */
    patch: z.string(),
    changes: z.array(change),
    also: z.array(change),
  }),
  z.strictObject({
    is: z.literal('refused'),
    why: z.enum([
      ...['no-owner', 'several-owners', 'no-place', 'computed', 'shared'],
      ...['ignored', 'same', 'secret', 'not-proven'],
    ] as const),
    field: z.string().optional(),
    stack: z.string().optional(),
    place: place.optional(),
    others: z.array(z.string()),
  }),
]);
export type EditReply = z.output<typeof editReply>;
