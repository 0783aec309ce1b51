import { z } from 'zod';
import { commonFields } from '../../src/kit/index.ts';

/** One vocabulary: an argument of this name means the same in every tool of the group. */
export const fields = {
  secret: z.string().min(1).max(700).describe('secret/apps/mail, or secret/apps/mail#password'),
  ...commonFields,
} as const;
