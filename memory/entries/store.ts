import type { Queryable } from '../../src/store/database.ts';
import type { ImportedDraft, Memory, Similar, Stored } from '../engine.ts';
import type { Actor, Draft } from '../entry.ts';
import { memoryError } from '../errors.ts';
import type { NewDocument } from '../postings/port.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { invalid, proveInstant } from './fields.ts';
import { hashOf, hashOfSealed } from './hash.ts';
import { isOpen, keyOf, readIdentical } from './identical.ts';
import { documentOf } from './indexed.ts';
import { insertRows, lastOfSessions, nextIds } from './insert.ts';
import { makeLinks, takeTurnToLink } from './linking.ts';
import { type ProvenDraft, proveDraft } from './prove.ts';
import { proveSealed, type Sealed, seal } from './sealing.ts';
import { findShelf, type ShelfKey } from './shelves.ts';
import { findSimilar, refuseDuplicates } from './similar.ts';

/** A draft that was proved, sealed if it is sensitive, and has a shelf. */
export interface Prepared {
  readonly draft: ProvenDraft;
  readonly sealed: Sealed | undefined;
  readonly hash: Uint8Array;
  readonly shelf: number;
  readonly recordedAt: Date;
  readonly seq: number | undefined;
  /** The id is put in once it is known. */
  readonly document: NewDocument;
}

export interface Numbered extends Prepared {
  readonly id: number;
}

/** Errors: those of `Memory.store` that come from the draft alone. */
export async function prepare(
  { sealer, now, ...rules }: EntriesDependencies,
  given: ImportedDraft,
  by: Actor,
  shelfOf: (key: ShelfKey) => Promise<number>,
): Promise<Prepared> {
  const recordedAt = proveInstant('recorded_at', given.recordedAt ?? now());
  const draft = proveDraft(given, by.human, recordedAt, rules);
  const comesSealed = given.sealed && proveSealed(given.sealed);
  const sealed = comesSealed ?? (draft.sensitive ? await seal(sealer, draft.content) : undefined);
  const document = documentOf(0, {
    ...draft,
    content: draft.sensitive ? undefined : draft.content,
    seq: given.seq,
  });
  refuseUnfindable(document, draft.sensitive);
  const { visibility, readers } = draft;
  return {
    draft,
    sealed,
    hash: sealed === undefined ? hashOf(draft.content) : hashOfSealed(sealed.cipher),
    shelf: await shelfOf({ owner: by.human, visibility, readers }),
    recordedAt,
    seq: proveSeq(given.seq),
    document,
  };
}

export function refuseUnfindable({ content, keywords }: NewDocument, sensitive: boolean): void {
  if (content.terms.length + keywords.terms.length > 0) return;
  throw memoryError('memory-empty', {
    message: sensitive
      ? 'a sensitive entry is found by its keywords and tags alone, and it has none'
      : 'there is no word in the entry that it could be found by',
    next: 'give keywords: the words somebody will ask with',
  });
}

function proveSeq(seq: number | undefined): number | undefined {
  if (seq === undefined || (Number.isInteger(seq) && seq >= 0 && seq < 2 ** 31)) return seq;
  throw invalid('seq is no place in a session', 'give a whole number from 0, or leave it out');
}

export function createStore(dependencies: EntriesDependencies): Memory['store'] {
  const { database, postings, now } = dependencies;
  return async (given: Draft, by: Actor, { force = false } = {}): Promise<Stored> => {
    const prepared = await prepare(dependencies, given, by, (key) => findShelf(database, key));
    const { draft, hash, shelf } = prepared;
    /** Said again it is the same entry; what somebody else says may be said once more, if it is wanted. */
    const sameIn = async (queryable: Queryable): Promise<number | undefined> => {
      const at = now();
      const found = await readIdentical(queryable, by.human, draft.sensitive ? [] : [hash]);
      const same = found.get(keyOf(hash))?.find((entry) => isOpen(entry, at));
      return same !== undefined && force && same.owner !== by.human ? undefined : same?.id;
    };

    const similar = await similarTo(dependencies, draft, by);

    return database.transaction(async (transaction) => {
      if (draft.links.length > 0) await takeTurnToLink(transaction);
      await postings.lock(transaction, [shelf]);
      const same = await sameIn(transaction);
      if (same !== undefined) return { id: same, outcome: 'unchanged', similar: [] };
      if (!force) refuseDuplicates(similar);
      const [id = 0] = await nextIds(transaction, 1);
      await place(dependencies, transaction, [{ ...prepared, id }], by);
      const links = draft.links.map((link) => ({ ...link, source: id }));
      await makeLinks(transaction, links, by, now());
      return { id, outcome: 'stored', similar };
    });
  };
}

function similarTo(
  dependencies: EntriesDependencies,
  { sensitive, content, links }: ProvenDraft,
  by: Actor,
): Promise<readonly Similar[]> {
  // A sealed text is compared to nothing: even what it is like would tell of it.
  if (sensitive) return Promise.resolve([]);
  const except = new Set(links.filter(({ type }) => type === 'supersedes').map(({ to }) => to));
  return findSimilar(dependencies, by.human, { content, except });
}

/** Rows and index of entries whose shelves are locked. */
export async function place(
  { postings }: Pick<EntriesDependencies, 'postings'>,
  transaction: Queryable,
  entries: readonly Numbered[],
  by: Actor,
): Promise<void> {
  const ordered = await inSessions(transaction, entries, by.human);
  await insertRows(
    transaction,
    ordered.map(({ id, draft, sealed, shelf, hash, recordedAt, seq }) => ({
      id,
      shelf,
      author: by.agent,
      category: draft.category,
      content: draft.sensitive ? undefined : draft.content,
      cipher: sealed?.cipher,
      sealedWith: sealed?.sealedWith,
      keywords: draft.keywords,
      tags: draft.tags,
      importance: draft.importance,
      source: draft.source,
      session: draft.session,
      seq,
      validFrom: draft.validFrom,
      validTo: draft.validTo,
      recordedAt,
      hash,
    })),
  );
  for (const [shelf, own] of Map.groupBy(ordered, (entry) => entry.shelf)) {
    const documents = own.map(({ id, document, seq }) => ({
      ...document,
      item: id,
      ...(seq === undefined ? {} : { seq }),
    }));
    await postings.add(transaction, shelf, documents);
  }
}

/** Each goes behind the last of its session, unless it says where it belongs. */
async function inSessions(
  transaction: Queryable,
  entries: readonly Numbered[],
  owner: string,
): Promise<readonly Numbered[]> {
  const sessions = entries.flatMap(({ draft, seq }) => (seq === undefined ? (draft.session ?? []) : []));
  const last = new Map(await lastOfSessions(transaction, owner, [...new Set(sessions)]));
  return entries.map((entry) => {
    const { session } = entry.draft;
    if (session === undefined) return { ...entry, seq: undefined };
    const seq = entry.seq ?? (last.get(session) ?? 0) + 1;
    last.set(session, Math.max(seq, last.get(session) ?? 0));
    return { ...entry, seq };
  });
}
