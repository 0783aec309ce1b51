import { z } from 'zod';
import { linkTypes } from '../../memory/entry.ts';
import { commonFields } from '../../src/kit/index.ts';

/**
 * One vocabulary: an argument of this name means the same in every tool of the group. Every session reads the list of tools, so what may
 * be several is one text with commas, and checks stand in refinements, which are not in the list. Lengths of what is stored are proved by
 * the engine, in words that say what to do.
 */
const id = z.int().refine((number) => number >= 1, 'takes an id like 12');
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const momentForm = 'a date like 2026-03-01, or a time with its offset like 2026-03-01T10:00:00Z';
const isMoment = (text: string): boolean => moment.safeParse(text).success;
const word = z.string().min(1).max(200);
const link = new RegExp(`^-?(${linkTypes.join('|')}):[1-9][0-9]{0,15}$`);
const readersForm = /^(?:sealed|(?:sealed,)?(?:private|public|human:[^\s,]{1,64}(?:,human:[^\s,]{1,64}){0,49}))$/;

/** `nfs, mail` → nfs and mail. */
export function wordsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

export const fields = {
  id,
  ids: z.array(id).refine(({ length }) => length >= 1 && length <= 50, 'takes 1 to 50 ids'),
  text: z.string().max(20_000),
  category: word.optional().describe('facts, gotchas'),
  tags: z.string().max(2_000).optional().describe('nfs,mail'),
  session: word.optional().describe('its id'),
  source: z.string().max(2_000).optional().describe('URL, file'),
  moment: z.string().refine(isMoment, momentForm),
  since: z.string().refine(isMoment, momentForm).optional().describe('changed since 2026-03-01'),
  /** `2026-01-01/2026-03-01`, `2026-01-01/`, `/2026-03-01` */
  interval: z
    .string()
    .refine(
      (text) => text.split('/').length === 2 && text.split('/').every((part) => part === '' || isMoment(part)),
      `from/to, either may be empty; each is ${momentForm}`,
    ),
  links: z
    .string()
    .refine(
      (text) => wordsOf(text).length <= 10 && wordsOf(text).every((one) => link.test(one)),
      `up to ten links like ${linkTypes.map((type) => `${type}:12`).join(', ')}, with a minus in front to take one away`,
    ),
  readers: z
    .string()
    .refine(
      (text) => readersForm.test(wordsOf(text).join(',')),
      'takes private, public, or humans it is shared with (human:ada,human:bo); with sealed before it is encrypted for humans',
    ),
  ...commonFields,
} as const;
