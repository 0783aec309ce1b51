import type { ImportedDraft } from '../engine.ts';
import type { Changes } from '../entry.ts';
import { type MarkdownEntry, textDigestOf } from './markdown.ts';
import type { PortableEntry } from './portable.ts';

/**
 * What a file means to the store it is read into. An id alone says nothing: another store's entry 12 is another entry.
 *
 *  update     the entry of its id has the revision and the text that it was written from: it was changed by hand
 *  unchanged  the same, and nothing was changed; or it is an older state of that entry, and nobody touched it
 *  refused    it is an older state and a hand was on it: one of two changes would be lost
 *  new        it has no id, or none of this store's
 */
export type Verdict =
  | {
      readonly kind: 'new';
      readonly draft: ImportedDraft;
      readonly links: readonly string[];
      readonly foreign: boolean;
    }
  | { readonly kind: 'unchanged'; readonly id: number }
  | { readonly kind: 'update'; readonly id: number; readonly changes: Changes; readonly links: LinkChanges }
  | { readonly kind: 'refused'; readonly reason: string };

export interface LinkChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** `stored`: the entry of the file's id as it is now; undefined when there is none. */
export function judgeFile(file: MarkdownEntry, stored: PortableEntry | undefined): Verdict {
  const { id, recorded, revision = 0, links, text_digest: written } = file.front;
  if (id === undefined || stored === undefined) return asNew(file, id !== undefined);
  const isSame = recorded?.getTime() === Date.parse(stored.recorded) && written === textDigestOf(stored);
  if (stored.deleted !== undefined && isSame) {
    return { kind: 'refused', reason: `entry ${id} was deleted: \`memory-tool restore ${id}\` brings it back` };
  }
  const isOlder = revision < stored.revision && recorded?.getTime() === Date.parse(stored.recorded);
  if (isOlder && file.untouched) return { kind: 'unchanged', id };
  if (isOlder) {
    return {
      kind: 'refused',
      reason: `entry ${id} was changed since this file was written (revision ${stored.revision}, the file has ${revision}): export it again and redo the change, or take \`id\` out to store this beside it`,
    };
  }
  if (revision !== stored.revision || written !== textDigestOf(stored)) return asNew(file, true);
  const changes = changesOf(file, stored);
  const linked = {
    added: links.filter((link) => !stored.links.includes(link)),
    removed: stored.links.filter((link) => !links.includes(link)),
  };
  const touched = Object.keys(changes).length + linked.added.length + linked.removed.length > 0;
  if (!touched) return { kind: 'unchanged', id };
  return { kind: 'update', id, changes, links: linked };
}

function asNew({ front, content = '', cipher }: MarkdownEntry, foreign: boolean): Verdict {
  const { id, category, visibility, readers, tags, keywords, importance, source, session, seq } = front;
  const draft: ImportedDraft = {
    content,
    tags,
    keywords,
    ...(cipher === undefined ? {} : { sealed: { cipher, sealedWith: front.sealed_with ?? '' } }),
    ...(id === undefined ? {} : { formerId: String(id) }),
    ...(category === undefined ? {} : { category }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(readers.length === 0 ? {} : { readers }),
    ...(importance === undefined ? {} : { importance }),
    ...(source === undefined ? {} : { source }),
    ...(session === undefined ? {} : { session }),
    ...(seq === undefined ? {} : { seq }),
    ...(front.valid_from === undefined ? {} : { validFrom: front.valid_from }),
    ...(front.valid_to === undefined ? {} : { validTo: front.valid_to }),
    ...(front.recorded === undefined ? {} : { recordedAt: front.recorded }),
  };
  return { kind: 'new', draft, links: front.links, foreign };
}

function changesOf({ front, content }: MarkdownEntry, stored: PortableEntry): Changes {
  const { category, visibility, readers, tags, keywords, importance, source } = front;
  const changed = <Key extends keyof Changes>(key: Key, now: Changes[Key], before: unknown): Changes =>
    now === undefined || JSON.stringify(now) === JSON.stringify(before) ? {} : { [key]: now };
  return {
    ...changed('content', content, stored.content),
    ...changed('category', category, stored.category),
    ...changed('visibility', visibility, stored.visibility),
    ...changed('readers', readers, stored.readers),
    ...changed('tags', tags, stored.tags),
    ...changed('keywords', keywords, stored.keywords),
    ...changed('importance', importance, stored.importance),
    ...changed('source', source, stored.source),
    ...validityOf(front, stored),
  };
}

/** Both ends, where one of them changed: an end that is not named would be open. */
function validityOf({ valid_from, valid_to }: MarkdownEntry['front'], stored: PortableEntry): Changes {
  const [from, to] = [valid_from?.getTime(), valid_to?.getTime()];
  const before = stored.valid_to === undefined ? undefined : Date.parse(stored.valid_to);
  if ((from === undefined || from === Date.parse(stored.valid_from)) && to === before) return {};
  return { validTo: valid_to ?? null, ...(valid_from === undefined ? {} : { validFrom: valid_from }) };
}
