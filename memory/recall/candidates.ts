import type { Queryable } from '../../src/store/database.ts';
import type { StoredSection } from '../corpus/rows.ts';
import { readSections } from '../corpus/rows.ts';
import type { PlacedEntry } from '../entries/rows.ts';
import { pinExact } from '../rank/fuse.ts';
import type { Found } from './find.ts';
import { readShown } from './moment.ts';

/** What is ranked last: what would be shown, how good it is, and why. */
export interface Ranked {
  readonly ref: string;
  /** The id of what is shown; undefined of a section. */
  readonly memory: number | undefined;
  readonly shown: PlacedEntry | StoredSection;
  readonly score: number;
  readonly why: Found['why'];
}

export interface RankedList {
  /** Best first, each once. */
  readonly ranked: readonly Ranked[];
  /** Found, and not valid at the moment that is asked about. */
  readonly outside: ReadonlySet<number>;
}

export interface RankingOptions {
  readonly human: string;
  readonly moment: { readonly now: Date; readonly asOf: Date | undefined };
  /** Shelves of corpora: their items are sections. */
  readonly corpora: ReadonlySet<number>;
  readonly volatile: ReadonlySet<string>;
}

/** Sections of one document that may be among the hits: the others are read in the document. */
const mostOfDocument = 2;

/** What importance and freshness make of a score, at the least and at the most. */
const leastPrior = 0.85 * 0.9;
export const mostPrior = 1.15 * 1.1;

/**
 * Of candidates, best first, those that may come among the first `wanted` once they are read: no prior lifts the others above
 * what the priors leave of these. Who holds a rare identifier may come first from wherever it is.
 */
export function withinReach(
  found: readonly Found[],
  wanted: number,
): { readonly near: readonly Found[]; readonly far: readonly Found[] } {
  const least = ((found[wanted - 1]?.score ?? 0) * leastPrior) / mostPrior;
  const isNear = ({ score, why }: Found): boolean => score >= least || why.exact.length > 0;
  const { near = [], far = [] } = Object.groupBy(found, (one) => (isNear(one) ? 'near' : 'far'));
  return { near, far };
}

export async function rankShown(
  queryable: Queryable,
  found: readonly Found[],
  { human, moment, corpora, volatile }: RankingOptions,
): Promise<RankedList> {
  const isSection = ({ shelf }: Found): boolean => corpora.has(shelf);
  const memories = found.filter((one) => !isSection(one)).map(({ item }) => item);
  const shown = await readShown(queryable, human, memories, moment);
  const sections = await readSections(
    queryable,
    found.filter(isSection).map(({ item }) => item),
  );
  const at = moment.asOf ?? moment.now;
  const outside = new Set<number>();
  const rows = found.flatMap((one): readonly Ranked[] => {
    if (isSection(one)) {
      const section = sections.get(one.item);
      const isLater = section?.at !== undefined && section.at > at;
      if (section === undefined || isLater || !holdsSomething(one.why)) return [];
      return [{ ref: `s${one.item}`, memory: undefined, shown: section, score: one.score, why: one.why }];
    }
    const memory = shown.get(one.item);
    if (memory === undefined) return [];
    if (memory.standing === 'outside') {
      outside.add(memory.entry.id);
      return [];
    }
    const { entry } = memory;
    const score = one.score * (0.85 + 0.3 * entry.importance) * freshness(entry, volatile, at);
    const why = entry.id === one.item ? one.why : { ...one.why, redirectedFrom: one.item };
    return [{ ref: `m${entry.id}`, memory: entry.id, shown: entry, score, why }];
  });
  const ranked = pinExact(
    rows.sort((a, b) => b.score - a.score),
    ({ why }) => why.exact.length,
  );
  return { ranked: eachOnce(ranked), outside };
}

/** A section that only its neighbours lifted says nothing of what was asked: whoever wants it reads the document. */
function holdsSomething({ matched, repaired, aliases, legs }: Found['why']): boolean {
  return matched.length + repaired.length + aliases.length > 0 || legs.dense !== undefined;
}

const halfLife = 90 * 86_400_000;

/** 1.1 of what is new, 0.9 of what is old, where a category grows old at all. */
function freshness({ category, validFrom }: PlacedEntry, volatile: ReadonlySet<string>, at: Date): number {
  if (!volatile.has(category)) return 1;
  return 0.9 + 0.2 * 0.5 ** (Math.max(0, at.getTime() - validFrom.getTime()) / halfLife);
}

/** An entry can be found itself and through what it supersedes; of a document a few sections are enough. */
function eachOnce(rows: readonly Ranked[]): readonly Ranked[] {
  const refs = new Set<string>();
  const ofDocument = new Map<string, number>();
  return rows.filter(({ ref, shown }) => {
    if (refs.has(ref)) return false;
    refs.add(ref);
    if (!('document' in shown)) return true;
    const document = `${shown.corpus}\0${shown.document}`;
    const before = ofDocument.get(document) ?? 0;
    ofDocument.set(document, before + 1);
    return before < mostOfDocument;
  });
}
