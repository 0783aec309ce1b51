import type { Redact } from '../../src/kit/index.ts';
import { foldCategory } from '../categories.ts';
import type { Categories, ImportedDraft } from '../engine.ts';
import { type Changes, type LinkTo, linkTypes, type Visibility, visibilities } from '../entry.ts';
import { memoryError } from '../errors.ts';
import {
  invalid,
  proveContent,
  proveImportance,
  proveInstant,
  proveInterval,
  proveKeywords,
  proveReaders,
  proveSession,
  proveSource,
  proveTags,
} from './fields.ts';
import { refuseSecrets } from './secrets.ts';

/** What an entry says and who may read it: all that its owner can change later. */
export interface ProvenEntry {
  readonly content: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly keywords: string;
  readonly importance: number;
  readonly source: string | undefined;
  readonly visibility: Visibility;
  readonly readers: readonly string[];
  readonly sensitive: boolean;
  readonly validFrom: Date;
  readonly validTo: Date | undefined;
}

export interface ProvenDraft extends ProvenEntry {
  readonly session: string | undefined;
  readonly links: readonly LinkTo[];
}

export interface Rules {
  readonly redact: Redact;
  readonly categories: Categories;
  readonly defaultVisibility: Visibility;
}

const mostLinks = 10;

/** `from`: since when it is true unless it says so. Errors: `memory-…` as `Memory.store` has them. */
export function proveDraft(draft: ImportedDraft, owner: string, from: Date, rules: Rules): ProvenDraft {
  const visibility = proveVisibility(draft.visibility ?? rules.defaultVisibility);
  const proven: ProvenDraft = {
    content: draft.sealed === undefined ? proveContent(draft.content) : '',
    category: foldCategory(rules.categories, draft.category ?? rules.categories.standard),
    tags: proveTags(draft.tags ?? []),
    keywords: proveKeywords(draft.keywords ?? ''),
    importance: proveImportance(draft.importance ?? 0.5),
    source: proveSource(draft.source),
    session: proveSession(draft.session),
    visibility,
    readers: proveReaders(visibility, draft.readers ?? [], owner),
    sensitive: draft.sealed !== undefined || (draft.sensitive ?? false),
    validFrom: proveInstant('valid_from', draft.validFrom ?? from),
    validTo: draft.validTo && proveInstant('valid_to', draft.validTo),
    links: proveLinks(draft.links ?? []),
  };
  proveInterval(proven.validFrom, proven.validTo);
  refuseSecrets(rules.redact, draft, proven);
  return proven;
}

/** An entry as it would be after the changes; what they do not touch is not proved again. */
export function proveChanges<Before extends Omit<ProvenEntry, 'content'> & { readonly owner: string }>(
  before: Before,
  changes: Changes,
  rules: Pick<Rules, 'redact' | 'categories'>,
): Omit<ProvenEntry, 'content'> & { readonly content: string | undefined } {
  const visibility = proveVisibility(changes.visibility ?? before.visibility);
  const readers = changes.readers ?? (visibility === 'shared' ? before.readers : []);
  const changed = {
    content: changes.content === undefined ? undefined : proveContent(changes.content),
    keywords: changes.keywords === undefined ? undefined : proveKeywords(changes.keywords),
    tags: changes.tags === undefined ? undefined : proveTags(changes.tags),
    source: proveSource(changes.source),
  };
  refuseSecrets(rules.redact, changes, changed);
  const proven = {
    content: changed.content,
    category: changes.category === undefined ? before.category : foldCategory(rules.categories, changes.category),
    tags: changed.tags ?? before.tags,
    keywords: changed.keywords ?? before.keywords,
    importance: changes.importance === undefined ? before.importance : proveImportance(changes.importance),
    source: changes.source === undefined ? before.source : changed.source,
    visibility,
    readers: proveReaders(visibility, readers, before.owner),
    sensitive: proveSensitive(before.sensitive, changes),
    validFrom: changes.validFrom === undefined ? before.validFrom : proveInstant('valid_from', changes.validFrom),
    validTo: changes.validTo === undefined ? before.validTo : (changes.validTo ?? undefined),
  };
  if (proven.validTo !== undefined) proveInstant('valid_to', proven.validTo);
  proveInterval(proven.validFrom, proven.validTo);
  return proven;
}

export function proveLinks(links: readonly LinkTo[]): readonly LinkTo[] {
  if (links.length > mostLinks)
    throw invalid(`there are ${links.length} links; one call makes ${mostLinks}`, 'make the others with another call');
  for (const { type, to } of links) {
    if (!linkTypes.includes(type)) throw invalid('a link is of no known type', `give one of: ${linkTypes.join(', ')}`);
    if (!Number.isSafeInteger(to) || to < 1)
      throw invalid('a link points to what is no id', 'give the number of an entry');
  }
  return links;
}

function proveVisibility(visibility: Visibility): Visibility {
  if (visibilities.includes(visibility)) return visibility;
  throw invalid('there is no such visibility', `give one of: ${visibilities.join(', ')}`);
}

/** Nobody here can open it, so what was sealed is shown again only by whoever says it anew. */
function proveSensitive(before: boolean, changes: Changes): boolean {
  if (changes.sensitive === undefined) return before;
  if (before && !changes.sensitive && changes.content === undefined) {
    throw memoryError('memory-invalid', {
      message: 'a sensitive entry cannot be made readable: its text is sealed, and nobody here can open it',
      next: 'give the whole text as content together with sensitive: false',
    });
  }
  return changes.sensitive;
}
