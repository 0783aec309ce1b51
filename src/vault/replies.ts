import { z } from 'zod';

/** Pieces of replies. Newer servers add fields, which are dropped; what we rely on must be there. */

/** Go's zero time means never. */
export const moment = z
  .string()
  .transform((text) => (text === '' || text.startsWith('0001-') ? undefined : new Date(text)))
  .refine((date) => date === undefined || !Number.isNaN(date.getTime()), 'takes a time');

/** One that cannot be missing. */
export const instant = z.string().transform((text, context) => {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  context.addIssue({ code: 'custom', message: 'takes a time' });
  return z.NEVER;
});

export const keysShape = z.object({ data: z.object({ keys: z.array(z.string()).nullish() }) });

/** Where nothing comes back, or nothing that matters. */
export const anyReply = z.unknown();
