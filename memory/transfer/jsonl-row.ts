import { z } from 'zod';
import { instant, linkTypes, visibilities } from '../entry.ts';
import { type PortableEntry, readLink } from './portable.ts';

/**
 * A memory as one line of JSON, by the field names of claude-memory; what that does not have stands beside it under the names
 * of portable.ts. Fields of neither are passed over, and said to be.
 */
const text = z.string();
const name = z.union([z.int(), z.string().min(1).max(100)]).transform(String);
const moment = z.string().transform(asInstant).pipe(instant);
const nullable = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const linkType = z.enum(linkTypes);
const writtenLink = z
  .string()
  .regex(/^[a-z-]+:\S+$/)
  .transform((link) => ({ type: link.slice(0, link.indexOf(':')), to: link.slice(link.indexOf(':') + 1) }))
  .pipe(z.object({ type: linkType, to: z.string() }));
const linkRow = z
  .looseObject({
    type: linkType.optional(),
    link_type: linkType.optional(),
    to: name.optional(),
    dst: name.optional(),
    target: name.optional(),
    src: name.optional(),
  })
  .transform((link, context) => {
    const [type, to] = [link.type ?? link.link_type, link.to ?? link.dst ?? link.target];
    if (type !== undefined && to !== undefined) return { type, to, from: link.src };
    context.addIssue({ code: 'custom', message: 'a link needs a type and a target' });
    return z.NEVER;
  });

const knownFields = z.object({
  id: nullable(name),
  content: nullable(text),
  category: nullable(text),
  tags: nullable(z.union([text.transform(separated), z.array(text)])),
  expanded_keywords: nullable(text),
  keywords: nullable(text),
  importance: nullable(z.number().min(0).max(1)),
  is_sensitive: nullable(z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)])),
  created_at: nullable(moment),
  deleted_at: nullable(moment),
  links: nullable(z.array(z.union([writtenLink, linkRow]))),
  visibility: nullable(z.enum(visibilities)),
  readers: nullable(z.array(text)),
  source: nullable(text),
  session: nullable(text),
  seq: nullable(z.int().nonnegative()),
  valid_from: nullable(moment),
  valid_to: nullable(moment),
  cipher: nullable(z.base64().min(1)),
  sealed_with: nullable(text),
});

export type Row = Omit<z.output<typeof knownFields>, 'links' | 'tags'> & {
  readonly tags: readonly string[];
  readonly links: readonly { readonly type: (typeof linkTypes)[number]; readonly to: string }[];
  /** Its text is kept elsewhere, sealed: what stands in the row is not it. */
  readonly textElsewhere: boolean;
};

/** Of claude-memory and of an export of ours: known, and not taken over. */
const leftBehind: ReadonlySet<string> = new Set([
  'user_id',
  'updated_at',
  'vault_path',
  'encrypted_content',
  'search_vector',
  'embedding',
  'owner',
  'author',
  'revision',
]);

export type ReadRow = { readonly row: Row; readonly unknown: readonly string[] } | { readonly problem: string };

export function readRow(line: string): ReadRow {
  const value = parsedJson(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'it is no JSON object' };
  const parsed = knownFields.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { problem: problems.join('; ') };
  }
  const { links = [], tags = [], ...row } = parsed.data;
  const own = links.filter((link) => !('from' in link) || link.from === undefined || link.from === row.id);
  const textElsewhere = ['vault_path', 'encrypted_content'].some((field) => hasText(value, field));
  const unknown = Object.keys(value).filter((key) => !(key in knownFields.shape) && !leftBehind.has(key));
  return { row: { ...row, tags, links: own.map(({ type, to }) => ({ type, to })), textElsewhere }, unknown };
}

/** One line, without its end. */
export function jsonlOf(entry: PortableEntry): string {
  const { id, category, importance, content, cipher, sealed_with: sealedWith, ...others } = entry;
  const { tags, keywords, recorded, updated, deleted, links, ...rest } = others;
  return JSON.stringify({
    id,
    content: content ?? null,
    category,
    tags: tags.some((tag) => tag.includes(',')) ? tags : tags.join(','),
    expanded_keywords: keywords,
    importance,
    is_sensitive: cipher !== undefined,
    created_at: recorded,
    updated_at: updated,
    deleted_at: deleted ?? null,
    links: links.flatMap((link) => readLink(link) ?? []),
    ...rest,
    ...(cipher === undefined ? {} : { cipher, sealed_with: sealedWith }),
  });
}

function hasText(value: object, field: string): boolean {
  const found: unknown = Object.entries(value).find(([key]) => key === field)?.[1];
  return typeof found === 'string' && found !== '';
}

function separated(tags: string): string[] {
  return tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** Python and Postgres write moments in ways of their own; without an offset they mean UTC. */
function asInstant(written: string): string {
  const iso = written.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  const whole = iso.replace(
    /([+-]\d\d)(\d\d)?$/,
    (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`,
  );
  if (!iso.includes('T') || /(?:Z|[+-]\d\d:\d\d)$/.test(iso)) return iso;
  return /T.*[+-]\d\d(?:\d\d)?$/.test(iso) ? whole : `${iso}Z`;
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON: its reader says so.
    return undefined;
  }
}
