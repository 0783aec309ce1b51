import type { Entry, LinkType } from '../../memory/entry.ts';
import { agoText } from '../../src/cluster/index.ts';

/**
 * Words for what memory holds. Ids, times, categories and who stored it are the engine's and stand in sentences of ours; what
 * an entry says, its tags, keywords and source stand apart.
 */

/** A name in a form no sentence has; `?` when it could be one. */
export function plainName(name: string): string {
  return /^[\p{L}\p{N}_.@:/-]{1,120}$/u.test(name) ? name : '?';
}

export function dayText(at: Date): string {
  return Number.isNaN(at.getTime()) ? '?' : at.toISOString().slice(0, 10);
}

/** `#12 facts · 3d ago · by agent:claude · private`, and what of it a reader must know before he believes it. */
export function entryHead(entry: Entry, now: Date): readonly string[] {
  const { id, category, updatedAt, author, visibility, owner } = entry;
  return [
    `#${id} ${plainName(category)}`,
    agoText(updatedAt, now),
    `by ${plainName(author)}`,
    visibility === 'private' ? 'private' : `${visibility}, of ${plainName(owner)}`,
    ...standingOf(entry, now),
  ];
}

function standingOf({ validFrom, validTo, deletedAt, recordedAt }: Entry, now: Date): readonly string[] {
  return [
    ...(deletedAt === undefined ? [] : [`DELETED ${agoText(deletedAt, now)}`]),
    ...(validTo === undefined ? [] : [`${validTo <= now ? 'NO LONGER TRUE since' : 'true until'} ${dayText(validTo)}`]),
    ...(dayText(validFrom) === dayText(recordedAt) ? [] : [`true from ${dayText(validFrom)}`]),
  ];
}

/** What somebody wrote beside the text, a line each. */
export function besideText({ tags, source }: Pick<Entry, 'tags' | 'source'>): readonly string[] {
  return [
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(', ')}`]),
    ...(source === undefined ? [] : [`source: ${source}`]),
  ];
}

/** `#3, #7` */
export function idsText(ids: readonly number[]): string {
  return ids.map((id) => `#${id}`).join(', ');
}

const linkWords: Readonly<Record<LinkType, { readonly to: string; readonly from: string }>> = {
  supersedes: { to: 'supersedes', from: 'superseded by' },
  'resolved-by': { to: 'resolved by', from: 'resolves' },
  'part-of': { to: 'part of', from: 'has the part' },
  'see-also': { to: 'see also', from: 'see also' },
};

/** `supersedes #7`, `superseded by #9` */
export function linkText(link: {
  readonly type: LinkType;
  readonly direction: 'to' | 'from';
  readonly id: number;
}): string {
  return `${linkWords[link.type][link.direction]} #${link.id}`;
}
