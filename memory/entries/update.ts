import type { Queryable } from '../../src/store/database.ts';
import type { Memory, Similar, Stored } from '../engine.ts';
import type { Actor, Changes } from '../entry.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { forgetWords } from './forget.ts';
import { hashOf } from './hash.ts';
import { isOpen, keyOf, readIdentical } from './identical.ts';
import { documentOf } from './indexed.ts';
import { lockRows } from './linking.ts';
import { readOwnLiving } from './own.ts';
import { proveChanges } from './prove.ts';
import { keepRevision, sealRevisions } from './revisions.ts';
import type { PlacedEntry } from './rows.ts';
import { findShelf } from './shelves.ts';
import { duplicateOf, findSimilar, refuseDuplicates } from './similar.ts';
import { refuseUnfindable } from './store.ts';
import { type TextAfter, textAfter } from './text-after.ts';

/**
 * Read, judged and sealed outside of the transaction (a sealer may be far away), written inside of it if the entry is still as it was
 * read; otherwise all over again on what it has become, so of two updates at once both are kept, one after the other.
 */
export function createUpdate(dependencies: EntriesDependencies): Memory['update'] {
  return async (id, changes, by, { force = false } = {}) => {
    for (;;) {
      const stored = await attempt(dependencies, id, changes, by, force);
      if (stored !== undefined) return stored;
    }
  };
}

type After = ReturnType<typeof proveChanges>;

/** Undefined: somebody else was faster. */
async function attempt(
  dependencies: EntriesDependencies,
  id: number,
  changes: Changes,
  by: Actor,
  force: boolean,
): Promise<Stored | undefined> {
  const { database, postings, now } = dependencies;
  const before = await readOwnLiving(database, id, by);
  const after = proveChanges(before, changes, dependencies);
  const text = await textAfter(dependencies, before, after);
  if (!text.isNew && isUnchanged(before, after)) return { id, outcome: 'unchanged', similar: [] };
  const { session, seq } = before;
  const document = documentOf(id, { ...after, content: text.content, session, seq });
  refuseUnfindable(document, after.sensitive);
  const similar =
    text.isNew && text.content !== undefined ? await similarTo(dependencies, id, text.content, by, force) : [];
  const { visibility, readers } = after;
  const shelf = await findShelf(database, { owner: before.owner, visibility, readers });

  const isDone = await database.transaction(async (transaction) => {
    await postings.lock(transaction, [...new Set([before.shelf, shelf])]);
    await lockRows(transaction, [id]);
    if (!(await isStill(transaction, before))) return false;
    const at = now();
    await keepRevision(transaction, id, by.agent, at);
    await sealRevisions(transaction, id, text.revisions);
    await writeRow(transaction, { id, shelf, at, author: text.isNew ? by.agent : before.author }, after, text);
    if (text.isNew || shelf !== before.shelf || isFoundOtherwise(before, after)) {
      await postings.retire(transaction, before.shelf, [id]);
      await postings.add(transaction, shelf, [document]);
    }
    return true;
  });
  if (!isDone) return undefined;
  // What was readable and is sealed now must not stay in the index either, not even under a number that is dead.
  if (text.revisions.length > 0) await forgetWords(dependencies, before.owner, [id]);
  return { id, outcome: 'updated', similar };
}

/** Errors: `memory-duplicate`. */
async function similarTo(
  dependencies: EntriesDependencies,
  id: number,
  content: string,
  by: Actor,
  force: boolean,
): Promise<readonly Similar[]> {
  const hash = hashOf(content);
  const at = dependencies.now();
  const same = (await readIdentical(dependencies.database, by.human, [hash]))
    .get(keyOf(hash))
    ?.find((entry) => entry.id !== id && isOpen(entry, at));
  if (same !== undefined && !force) throw duplicateOf(same.id, `#${same.id} says exactly this already`);
  const similar = await findSimilar(dependencies, by.human, { content, except: new Set([id]) });
  if (!force) refuseDuplicates(similar);
  return similar;
}

async function isStill(transaction: Queryable, { id, shelf, revision }: PlacedEntry): Promise<boolean> {
  const found = await transaction.query(
    'select from castellan.memory where id = $1 and shelf = $2 and revision = $3 and deleted_at is null',
    [id, shelf, revision],
  );
  return found.length === 1;
}

async function writeRow(
  transaction: Queryable,
  row: { readonly id: number; readonly shelf: number; readonly author: string; readonly at: Date },
  after: After,
  text: TextAfter,
): Promise<void> {
  await transaction.query(
    `update castellan.memory set shelf = $2, author = $3, updated_at = $4, category = $5, keywords = $6, tags = $7,
       importance = $8, source = $9, valid_from = $10, valid_to = $11, revision = revision + 1
     where id = $1`,
    [
      ...[row.id, row.shelf, row.author, row.at, after.category, after.keywords, after.tags],
      ...[after.importance, after.source ?? null, after.validFrom, after.validTo ?? null],
    ],
  );
  if (!text.isNew) return;
  const { content, sealed, hash } = text;
  await transaction.query(
    'update castellan.memory set content = $2, cipher = $3, sealed_with = $4, hash = $5 where id = $1',
    [row.id, content ?? null, sealed?.cipher ?? null, sealed?.sealedWith ?? null, hash],
  );
}

/** But for its text. */
function isUnchanged(before: PlacedEntry, after: After): boolean {
  const plain = (entry: PlacedEntry | After): string =>
    JSON.stringify([
      ...[entry.category, entry.importance, entry.source, entry.visibility, entry.readers],
      ...[entry.validFrom, entry.validTo],
    ]);
  return plain(before) === plain(after) && !isFoundOtherwise(before, after);
}

function isFoundOtherwise(before: PlacedEntry, after: After): boolean {
  return before.keywords !== after.keywords || JSON.stringify(before.tags) !== JSON.stringify(after.tags);
}
