import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { instant, visibilities } from '../entry.ts';
import { memoryError } from '../errors.ts';
import { linkText, type PortableEntry } from './portable.ts';
import { armored, unarmored } from './sealed-text.ts';

/**
 * One entry as one markdown file: YAML between two lines of dashes, an empty line, the text to the last byte, a line end.
 * The same entry always gives the same bytes, so a folder under git shows what changed and nothing else.
 *
 *  text_digest  of the text as it was when the file was written: tells of which entry it is the file, whatever a hand did to it
 *  digest       of everything else in the file: tells whether a hand was on it since
 */
const fence = '---';
const digestLine = /^digest: sha256-[0-9a-f]{16}\n/m;

/** As a file says it: all but the text may be left out of one that is written by hand. */
const frontMatter = z.strictObject({
  id: z.int().positive().optional(),
  revision: z.int().positive().optional(),
  owner: z.string().optional(),
  author: z.string().optional(),
  category: z.string().optional(),
  visibility: z.enum(visibilities).optional(),
  readers: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  keywords: z.string().default(''),
  importance: z.number().min(0).max(1).optional(),
  source: z.string().optional(),
  session: z.string().optional(),
  seq: z.int().nonnegative().optional(),
  valid_from: instant.optional(),
  valid_to: instant.optional(),
  recorded: instant.optional(),
  updated: instant.optional(),
  deleted: instant.optional(),
  links: z.array(linkText).default([]),
  sealed_with: z.string().optional(),
  text_digest: z.string().optional(),
  digest: z.string().optional(),
});
type FrontMatter = z.output<typeof frontMatter>;

export interface MarkdownEntry {
  readonly front: Omit<FrontMatter, 'digest'>;
  /** Undefined of a sealed entry. */
  readonly content: string | undefined;
  readonly cipher: Uint8Array | undefined;
  /** Nobody changed the file since it was written. */
  readonly untouched: boolean;
}

export function markdownOf(entry: PortableEntry): string {
  const { content, cipher, ...front } = entry;
  const keys = Object.keys(frontMatter.shape).filter((key): key is keyof typeof front => key in front);
  const lines = keys.flatMap((key) => yamlLines(key, front[key]));
  const body = cipher === undefined ? (content ?? '') : armored(Buffer.from(cipher, 'base64'), entry.sealed_with ?? '');
  const compose = (more: readonly string[]): string => `${[fence, ...lines, ...more, fence, '', body].join('\n')}\n`;
  const text = `text_digest: ${textDigestOf(entry)}`;
  return compose([text, `digest: ${digestOf(compose([text]))}`]);
}

/** Of a sealed entry, of what it was sealed into. */
export function textDigestOf({ content, cipher }: Pick<PortableEntry, 'content' | 'cipher'>): string {
  return digestOf(content ?? cipher ?? '');
}

/** Errors: `import-malformed`, naming what is wrong. */
export function readMarkdown(given: string): MarkdownEntry {
  const text = unconverted(given);
  const { yaml, body } = parted(text);
  const { digest, ...front } = parsedFront(yaml);
  const untouched = digest !== undefined && digestOf(text.replace(digestLine, '')) === digest;
  if (front.sealed_with === undefined) return { front, content: body, cipher: undefined, untouched };
  const cipher = unarmored(body);
  if (cipher === undefined) throw malformed('it says that it is sealed, and what stands below is no cipher text');
  return { front, content: undefined, cipher, untouched };
}

/** `12-the-mail-server-lost.md`: by the id, and by words for whoever looks at the folder. */
export function fileNameOf({ id, content, category }: Pick<PortableEntry, 'id' | 'content' | 'category'>): string {
  const words = content === undefined ? 'sealed' : content.slice(0, 200);
  return `${id}-${slugOf(words) || slugOf(category) || 'entry'}.md`;
}

const longestSlug = 40;

function slugOf(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && word.length <= longestSlug);
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}-${word}`;
    if (longer.length > longestSlug) break;
    slug = longer;
  }
  return slug;
}

function digestOf(text: string): string {
  // Never digits alone: YAML would read a number.
  return `sha256-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

function yamlLines(key: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [`${key}: ${scalar(value)}`];
  return value.length === 0 ? [] : [`${key}:`, ...value.map((item) => `  - ${scalar(item)}`)];
}

/** Words, names and moments as they are; everything else as JSON, which YAML reads as the same string. */
const plainWord = /^(?:[a-z][a-z0-9_-]*(?::[a-z0-9_-]+)*|\d{4}-\d\d-\d\dT[\d:.]+Z)$/;
const reserved = /^(?:true|false|null)$/;

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return plainWord.test(value) && !reserved.test(value) ? value : escaped(JSON.stringify(value));
}

/** What JSON lets stand and YAML does not print: it is written as an escape. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A file that git or an editor gave Windows line ends is read as it was; else a return is part of the text. */
function unconverted(text: string): string {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  return bare.startsWith(`${fence}\r\n`) ? bare.replaceAll('\r\n', '\n') : bare;
}

function parted(text: string): { readonly yaml: string; readonly body: string } {
  const opening = `${fence}\n`;
  if (!text.startsWith(opening)) throw malformed(`it does not begin with front matter between lines of \`${fence}\``);
  const inside = text.startsWith(opening, opening.length) ? opening.length - 1 : text.indexOf(`\n${fence}\n`);
  const atEnd = text.endsWith(`\n${fence}`) ? text.length - fence.length - 1 : -1;
  const end = inside === -1 ? atEnd : inside;
  if (end === -1) throw malformed(`its front matter is not closed by a line of \`${fence}\``);
  const below = text.slice(end + opening.length + 1);
  const body = below.startsWith('\n') ? below.slice(1) : below;
  return { yaml: text.slice(opening.length, end), body: body.endsWith('\n') ? body.slice(0, -1) : body };
}

function parsedFront(yaml: string): FrontMatter {
  const document = parseDocument(yaml, { schema: 'core', uniqueKeys: true, stringKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw malformed(`its front matter is no YAML: ${problem.message.split('\n')[0] ?? ''}`);
  // No alias is needed for anything here, and a few of them can stand for gigabytes.
  const value: unknown = withoutAliases(() => document.toJS({ maxAliasCount: 0 })) ?? {};
  const parsed = frontMatter.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = Object.keys(frontMatter.shape);
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown in front matter: ${issue.keys.join(', ')} (known: ${known.join(', ')})`
      : `${issue.path.join('.') || 'front matter'}: ${issue.message}`,
  );
  throw malformed(problems.join('; '));
}

function withoutAliases(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw malformed('its front matter uses YAML aliases', error);
  }
}

function malformed(message: string, cause?: unknown): Error {
  return memoryError('import-malformed', {
    message,
    next: 'correct the file, or take it out of the folder, and import again',
    cause,
  });
}
