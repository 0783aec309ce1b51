import { CastellanError } from '../../src/kit/index.ts';
import type { ImportedDraft, ImportOutcome, Memory } from '../engine.ts';
import type { Actor, LinkTo } from '../entry.ts';
import { blockSize } from '../postings/codec.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { type Identical, isOpen, keyOf, readIdentical } from './identical.ts';
import { nextIds } from './insert.ts';
import { makeLinks, type OwnLink, takeTurnToLink } from './linking.ts';
import type { ProvenDraft } from './prove.ts';
import { findShelf, type ShelfKey } from './shelves.ts';
import { type Numbered, type Prepared, place, prepare } from './store.ts';

/** How many go into one transaction: with as many as a block holds, blocks are appended to once or twice and not again and again. */
const batchSize = blockSize;

type Refused = Extract<ImportOutcome, { outcome: 'refused' }>;
type Placed = Omit<Exclude<ImportOutcome, Refused>, 'unlinked'>;
/** A link by the ids of here; `to` is undefined when what it points to did not come with it. */
interface MeantLink {
  readonly source: number;
  readonly given: LinkTo;
  readonly to: number | undefined;
}

/**
 * For imports: nothing is compared to what is there, and what one has already with the same text and time is taken for what is to be
 * stored, so an import may be run again. Links are made when all entries are there; those of a draft with a `formerId` mean
 * former ids of the same import.
 */
export function createStoreAll(dependencies: EntriesDependencies): Memory['storeAll'] {
  return async (drafts, by) => {
    const placed: (Placed | Refused)[] = [];
    for (const batch of batchesOf(drafts)) placed.push(...(await storeBatch(dependencies, batch, by)));
    const lost = await linkUp(dependencies, meantLinks(drafts, placed), by);
    return placed.map((one) => (one.outcome === 'refused' ? one : { ...one, unlinked: lost.get(one.id) ?? [] }));
  };
}

async function storeBatch(
  dependencies: EntriesDependencies,
  drafts: readonly ImportedDraft[],
  by: Actor,
): Promise<readonly (Placed | Refused)[]> {
  const { database, postings, now } = dependencies;
  const shelfOf = remembering((key) => findShelf(database, key));
  const judged: (Prepared | Refused)[] = [];
  for (const draft of drafts) judged.push(await prepareOrRefuse(dependencies, draft, by, shelfOf));
  const entries = judged.filter((one) => 'draft' in one);

  const placed = await database.transaction(async (transaction) => {
    await postings.lock(transaction, [...new Set(entries.map(({ shelf }) => shelf))]);
    const hashes = entries.map(({ hash }) => hash);
    const known = new Map(await readIdentical(transaction, by.human, hashes));
    const ids = await nextIds(transaction, entries.length);
    const fresh: Numbered[] = [];
    const at = now();
    const outcomes = entries.map((entry, index): Placed => {
      const same = known.get(keyOf(entry.hash)) ?? [];
      const before = same.find((other) => isSame(entry.draft, other, by, at));
      if (before !== undefined) return { outcome: 'unchanged', id: before.id };
      const id = ids[index] as number;
      known.set(keyOf(entry.hash), [...same, { ...entry.draft, id, owner: by.human }]);
      fresh.push({ ...entry, id });
      return { outcome: 'stored', id };
    });
    await place(dependencies, transaction, fresh, by);
    return outcomes;
  });
  let nth = 0;
  return judged.map((one) => ('draft' in one ? (placed[nth++] as Placed) : one));
}

/** Both still true, or true from the same moment: an entry that ended may have been said again later, as another one. */
function isSame(draft: ProvenDraft, there: Identical, by: Actor, at: Date): boolean {
  if (there.owner !== by.human) return false;
  return (isOpen(draft, at) && isOpen(there, at)) || draft.validFrom.getTime() === there.validFrom.getTime();
}

async function prepareOrRefuse(
  dependencies: EntriesDependencies,
  draft: ImportedDraft,
  by: Actor,
  shelfOf: (key: ShelfKey) => Promise<number>,
): Promise<Prepared | Refused> {
  try {
    return await prepare(dependencies, draft, by, shelfOf);
  } catch (error) {
    // What is wrong with one draft is told of it; a database that is gone is wrong for all.
    if (!(error instanceof CastellanError) || !error.code.startsWith('memory-')) throw error;
    return { outcome: 'refused', code: error.code, message: `${error.message}; ${error.next}` };
  }
}

function meantLinks(drafts: readonly ImportedDraft[], placed: readonly (Placed | Refused)[]): readonly MeantLink[] {
  const here = new Map<string, number>();
  const stored = drafts.flatMap((draft, index) => {
    const outcome = placed[index];
    return outcome === undefined || outcome.outcome === 'refused' ? [] : [{ draft, id: outcome.id }];
  });
  for (const { draft, id } of stored) if (draft.formerId !== undefined) here.set(draft.formerId, id);
  return stored.flatMap(({ draft: { links = [], formerId }, id }) =>
    links.map((given) => ({
      source: id,
      given,
      to: formerId === undefined ? given.to : here.get(String(given.to)),
    })),
  );
}

/** By source: what could not be made. */
async function linkUp(
  { database, now }: EntriesDependencies,
  links: readonly MeantLink[],
  by: Actor,
): Promise<ReadonlyMap<number, readonly LinkTo[]>> {
  const lost: MeantLink[] = [];
  for (const batch of batchesOf(links)) {
    const own = new Map<OwnLink, MeantLink>();
    for (const link of batch) {
      if (link.to === undefined) lost.push(link);
      else own.set({ source: link.source, type: link.given.type, to: link.to }, link);
    }
    await database.transaction(async (transaction) => {
      await takeTurnToLink(transaction);
      await makeLinks(transaction, [...own.keys()], by, now(), (refused) => {
        const meant = own.get(refused);
        if (meant !== undefined) lost.push(meant);
      });
    });
  }
  const bySource = Map.groupBy(lost, ({ source }) => source);
  return new Map([...bySource].map(([source, own]) => [source, own.map(({ given }) => given)]));
}

function batchesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
    items.slice(index * batchSize, (index + 1) * batchSize),
  );
}

function remembering(find: (key: ShelfKey) => Promise<number>): (key: ShelfKey) => Promise<number> {
  const found = new Map<string, number>();
  return async (key) => {
    const name = JSON.stringify([key.owner, key.visibility, key.readers]);
    const known = found.get(name) ?? (await find(key));
    found.set(name, known);
    return known;
  };
}
