import { z } from 'zod';
import type { JsonObject } from '../../src/kit/index.ts';
import type { WholeEntry } from '../engine.ts';
import { type LinkTo, linkTypes, visibilities } from '../entry.ts';

/**
 * An entry outside the store: in a file, or on its way to one. The same names in the front matter, in JSONL and on the wire.
 *
 *  content   its text, or instead of it, of a sensitive one
 *  cipher    what only humans can open, as base64, and by what it was sealed
 *  links     its own, as `supersedes:12`; those that point to it stand with those they belong to
 *  recorded  when it was first stored, to the millisecond: with the id it tells one store's entry from another's
 */
const moment = z.iso.datetime({ offset: true });

export const linkText = z
  .string()
  .regex(new RegExp(`^(${linkTypes.join('|')}):[1-9][0-9]{0,15}$`), `a link is written as ${linkTypes[0]}:12`);

export const portableEntry = z.strictObject({
  id: z.int().positive(),
  revision: z.int().positive(),
  owner: z.string(),
  author: z.string(),
  category: z.string(),
  visibility: z.enum(visibilities),
  readers: z.array(z.string()),
  tags: z.array(z.string()),
  keywords: z.string(),
  importance: z.number(),
  source: z.string().optional(),
  session: z.string().optional(),
  seq: z.int().optional(),
  valid_from: moment,
  valid_to: moment.optional(),
  recorded: moment,
  updated: moment,
  deleted: moment.optional(),
  links: z.array(linkText),
  content: z.string().optional(),
  cipher: z.base64().optional(),
  sealed_with: z.string().optional(),
});
export type PortableEntry = z.output<typeof portableEntry>;

/** What leaves the store of an entry: JSON, and an entry again by `portableEntry`. */
export function portableOf({ entry, links, cipher, sealedWith }: WholeEntry): JsonObject {
  return {
    id: entry.id,
    revision: entry.revision,
    owner: entry.owner,
    author: entry.author,
    category: entry.category,
    visibility: entry.visibility,
    readers: [...entry.readers],
    tags: [...entry.tags],
    keywords: entry.keywords,
    // Kept as four bytes: .3 comes back as .300000011920929.
    importance: Number(entry.importance.toFixed(6)),
    ...given('source', entry.source),
    ...given('session', entry.session),
    ...given('seq', entry.seq),
    valid_from: entry.validFrom.toISOString(),
    ...given('valid_to', entry.validTo?.toISOString()),
    recorded: entry.recordedAt.toISOString(),
    updated: entry.updatedAt.toISOString(),
    ...given('deleted', entry.deletedAt?.toISOString()),
    links: links
      .filter(({ direction }) => direction === 'to')
      .map(({ type, id }) => `${type}:${id}`)
      .sort(),
    ...given('content', entry.content),
    ...given('cipher', cipher === undefined ? undefined : Buffer.from(cipher).toString('base64')),
    ...given('sealed_with', sealedWith),
  };
}

/** `supersedes:12`; undefined when it is no link. */
export function readLink(text: string): LinkTo | undefined {
  if (!linkText.safeParse(text).success) return undefined;
  const [word, number] = text.split(':');
  const type = linkTypes.find((known) => known === word);
  return type === undefined ? undefined : { type, to: Number(number) };
}

function given(key: string, value: string | number | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}
