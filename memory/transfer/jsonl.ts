import { lengthOf } from '../entries/fields.ts';
import { longestEntry } from '../entry.ts';
import { grouped, joined, type Piece, pieceOf } from './fragments.ts';
import { type ReadRow, type Row, readRow } from './jsonl-row.ts';
import type { FormerLink, ImportPlan, Planned, Remark } from './plan.ts';
import { type Split, splitLong } from './split.ts';

/**
 * A file of JSON lines as entries. Rows that another tool cut up are put together again; what is longer than an entry may be
 * becomes a hub and parts. Every line ends as an entry, as a part of one, or among the refused with a reason; the notes say what
 * became of it where that is not itself.
 */
export interface JsonlOptions {
  /** Told instead of an id for rows that have none. */
  readonly file: string;
}

interface Numbered {
  readonly line: number;
  readonly key: string;
  readonly row: Row & { readonly content: string };
  readonly piece: Piece | undefined;
}

export function planJsonl(text: string, { file }: JsonlOptions): ImportPlan {
  const refused: Remark[] = [];
  const notes: Remark[] = [];
  const unknown = new Map<string, number>();
  const rows: Numbered[] = [];
  for (const [index, given] of text.split('\n').entries()) {
    if (given.trim() === '') continue;
    const line = index + 1;
    const read = readRow(index === 0 ? given.replace(/^\ufeff/, '') : given);
    if (!('row' in read)) refused.push({ line, text: read.problem });
    else {
      for (const field of read.unknown) if (!unknown.has(field)) unknown.set(field, line);
      const taken = taking(read, line, `${read.row.id ?? `${file}:${line}`}`);
      if (taken.row !== undefined) rows.push(taken.row);
      else
        (taken.refused === undefined ? notes : refused).push({ line, text: taken.refused ?? taken.passedOver ?? '' });
    }
  }
  notes.push(...[...unknown].map(([field, line]) => ({ line, text: `the field \`${field}\` is passed over` })));
  const planned = grouped(rows, ({ piece }) => piece).flatMap((group) => planGroup(group, notes));
  return { planned: renamed(planned, rows), refused, notes: notes.sort((a, b) => a.line - b.line) };
}

type Taken =
  | { readonly row: Numbered; readonly refused?: undefined; readonly passedOver?: undefined }
  | { readonly row?: undefined; readonly refused?: string; readonly passedOver?: string };

function taking({ row }: Extract<ReadRow, { row: Row }>, line: number, key: string): Taken {
  const { content } = row;
  if (row.deleted_at !== undefined) return { passedOver: 'it was deleted: not imported' };
  if (row.textElsewhere) {
    return {
      refused: 'its text is sealed and not in this file: have it opened by a human, then store it with --sensitive',
    };
  }
  if (row.cipher !== undefined) return { row: { line, key, row: { ...row, content: '' }, piece: undefined } };
  if (content === undefined || content.trim() === '') return { refused: 'it has no text' };
  const whole = { ...row, content };
  return { row: { line, key, row: whole, piece: pieceOf({ content, category: row.category, tags: row.tags }) } };
}

function planGroup(group: readonly Numbered[], notes: Remark[]): readonly Planned[] {
  const [first] = group;
  if (first === undefined) return [];
  const { line } = first;
  if (group.length === 1) {
    const { piece } = first;
    if (piece !== undefined) {
      notes.push({ line, text: `part ${piece.number} of ${piece.of}, and not all of them are here: kept as it is` });
    }
    return planText(first, first.row.content, first.row, notes);
  }
  const content = joined(group.map(({ piece, row }) => piece?.content ?? row.content));
  const lines = `lines ${group.map((member) => member.line).join(', ')}`;
  const long = lengthOf(content) > longestEntry;
  notes.push({ line, text: `${lines}: ${group.length} fragments ${long ? 'of a long text' : 'are one entry again'}` });
  const importance = Math.max(...group.map(({ row }) => row.importance ?? 0));
  const row = {
    ...first.row,
    tags: first.piece?.tags ?? first.row.tags,
    ...(group.some((member) => member.row.importance !== undefined) ? { importance } : {}),
    is_sensitive: group.some((member) => member.row.is_sensitive === true),
    links: group.flatMap((member) => member.row.links),
  };
  return planText(first, content, row, notes);
}

function planText({ key, line }: Numbered, content: string, given: Row, notes: Remark[]): readonly Planned[] {
  const links = uniqueLinks(given.links);
  const keywords = given.expanded_keywords ?? given.keywords ?? '';
  const row = { ...given, expanded_keywords: fewer(keywords) };
  if (row.expanded_keywords !== keywords) {
    notes.push({ line, text: `${lengthOf(keywords)} characters of keywords: the first ${longestKeywords} are kept` });
  }
  if (lengthOf(content) <= longestEntry) return [{ draft: draftOf(row, content, key), line, links }];
  const { hub, parts }: Split = splitLong(content, longestEntry);
  notes.push({ line, text: `${lengthOf(content)} characters: a hub and ${parts.length} parts` });
  // What the file does not group, its own length does.
  const session = row.session ?? `import:${key}`;
  const inSession = (text: string, name: string, seq: number): Planned['draft'] => ({
    ...draftOf({ ...row, session, seq: undefined }, text, name),
    seq,
  });
  const base = row.seq ?? 0;
  return [
    { draft: inSession(hub, key, base), line, links },
    ...parts.map(
      (part, index): Planned => ({
        draft: inSession(part, `${key}/${index + 1}`, base + index + 1),
        line,
        links: [{ type: 'part-of', to: key }],
      }),
    ),
  ];
}

/** What an entry's keywords may have; proved by the store. */
const longestKeywords = 400;

/** Whole words. */
function fewer(keywords: string): string {
  if (lengthOf(keywords) <= longestKeywords) return keywords;
  const head = [...keywords].slice(0, longestKeywords + 1).join('');
  return head.replace(/\s*\S*$/u, '') || [...head].slice(0, longestKeywords).join('');
}

function draftOf(row: Row, content: string, formerId: string): Planned['draft'] {
  return {
    content,
    formerId,
    tags: [...row.tags],
    ...given('category', row.category),
    ...given('keywords', row.expanded_keywords || undefined),
    ...given('importance', row.importance),
    ...given('sensitive', row.is_sensitive),
    ...given('recordedAt', row.created_at),
    ...given('visibility', row.visibility),
    ...given('readers', row.readers),
    ...given('source', row.source),
    ...given('session', row.session),
    ...given('seq', row.seq),
    ...given('validFrom', row.valid_from),
    ...given('validTo', row.valid_to),
    ...given('sealed', sealedIn(row)),
  };
}

function sealedIn({ cipher, sealed_with: sealedWith = '' }: Row): Planned['draft']['sealed'] {
  return cipher === undefined ? undefined : { cipher: Buffer.from(cipher, 'base64'), sealedWith };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  const held: { [K in Key]?: Value } = {};
  if (value !== undefined) held[key] = value;
  return held;
}

function uniqueLinks(links: readonly FormerLink[]): readonly FormerLink[] {
  return [...new Map(links.map((link) => [`${link.type}:${link.to}`, link])).values()];
}

/** Links to a fragment are links to what it became part of. */
function renamed(planned: readonly Planned[], rows: readonly Numbered[]): readonly Planned[] {
  const became = new Map<string, string>();
  for (const group of grouped(rows, ({ piece }) => piece)) {
    for (const { key } of group) became.set(key, group[0]?.key ?? key);
  }
  return planned.map((plan) => ({
    ...plan,
    links: plan.links
      .map(({ type, to }) => ({ type, to: became.get(to) ?? to }))
      .filter(({ to }) => to !== plan.draft.formerId),
  }));
}
