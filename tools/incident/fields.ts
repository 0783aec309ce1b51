import { z } from 'zod';
import { commonFields } from '../../src/kit/index.ts';
import { wordsOf } from './given.ts';
import { isMoment, momentForm } from './moment.ts';

/**
 * One vocabulary: an argument of this name means the same in every tool of the group. Every session reads the list of tools, so what may
 * be several is one text with commas, and lengths and forms stand in refinements, which are not in the list.
 */
const form = (pattern: RegExp, message: string) => z.string().refine((text) => pattern.test(text), message);
const shortText = (most: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '' && text.length <= most, `takes 1 to ${most} characters`)
    // A control character in a name or a reason is no word of anybody's.
    .refine((text) => !/[^\P{Cc}\n\r\t]/u.test(text), 'takes no control characters');
const names = (most: number) =>
  z
    .string()
    .refine(
      (text) => wordsOf(text).length <= most && wordsOf(text).every((one) => one.length <= 100),
      `takes up to ${most} names with commas between them`,
    );
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export const fields = {
  incident: form(/^inc_[a-z2-7]{10}$/, 'takes an id like inc_…').describe('inc_…'),
  action: form(/^act_[a-z2-7]{8}$/, 'takes an id like act_…').describe('act_…'),
  evidenceIds: z
    .string()
    .refine(
      (text) => wordsOf(text).length <= 20 && wordsOf(text).every((one) => /^ev_[a-z2-7]{8}$/.test(one)),
      'takes up to 20 ids like ev_…, with commas',
    ),
  line: shortText(200),
  words: shortText(2_000),
  names: names(50),
  namespaces: z
    .string()
    .refine(
      (text) => wordsOf(text).length <= 50 && wordsOf(text).every((one) => namespaceName.test(one)),
      'takes up to 50 namespaces with commas between them',
    ),
  namespace: form(namespaceName, 'takes a namespace'),
  moment: z.string().refine(isMoment, momentForm),
  day: z.string().refine((text) => z.iso.date().safeParse(text).success, 'takes a day like 2026-12-01'),
  key: shortText(100).optional().describe('once per key'),
  limit: z
    .int()
    .refine((number) => number >= 1 && number <= 500, 'takes 1 to 500')
    .optional(),
  json: (most: number) => z.string().refine((text) => text.length <= most, `takes at most ${most} characters`),
  ...commonFields,
} as const;
