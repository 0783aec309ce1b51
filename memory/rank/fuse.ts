import type { Near } from '../embed/port.ts';
import type { Candidate } from './port.ts';

/**
 * One list out of two legs.
 *
 *  leg     a list of items with scores of its own: what was found by words, what was found by meaning
 *  share   how much of a fused score the dense leg has: (1 − share) · lexical + share · dense, each brought to 0…1 first
 *
 * An item that one leg did not find has 0 there, and is not left out for it.
 */
export interface Fused {
  readonly shelf: number;
  readonly item: number;
  /** 0 to 1. */
  readonly score: number;
  /** 0 to 1: the best of the leg has 1. Lexical scores begin at 0; of the dense ones the worst of its list has 0. */
  readonly legs: { readonly lexical: number; readonly dense?: number };
  readonly lexical: Candidate | undefined;
  readonly near: Near | undefined;
}

/** Both best first, and so is the result. With a share of 0 it is the lexical list, in its order and no more. */
export function fuse(lexical: readonly Candidate[], dense: readonly Near[], share: number): readonly Fused[] {
  const best = lexical[0]?.score ?? 0;
  const byWords = lexical.map((candidate) => ({
    shelf: candidate.shelf,
    item: candidate.item,
    legs: { lexical: best > 0 ? candidate.score / best : 0 },
    lexical: candidate,
  }));
  if (share <= 0 || dense.length === 0) {
    return byWords.map((one) => ({ ...one, score: one.legs.lexical, near: undefined }));
  }
  const closeness = normalised(dense);
  const found = new Set(byWords.map(keyOf));
  const both = byWords.map((one) => ({ ...one, close: closeness.get(keyOf(one)) }));
  const byMeaningOnly = [...closeness.values()]
    .filter(({ near }) => !found.has(keyOf(near)))
    .map((close) => ({
      shelf: close.near.shelf,
      item: close.near.item,
      legs: { lexical: 0 },
      lexical: undefined,
      close,
    }));
  const fused = [...both, ...byMeaningOnly].map(({ close, legs, ...one }) => ({
    ...one,
    score: (1 - share) * legs.lexical + share * (close?.height ?? 0),
    legs: close === undefined ? legs : { ...legs, dense: close.height },
    near: close?.near,
  }));
  // Stable: of equal scores the one that words found comes first, in its order.
  return fused.sort((a, b) => b.score - a.score);
}

function normalised(dense: readonly Near[]): ReadonlyMap<string, { readonly near: Near; readonly height: number }> {
  const worst = dense.reduce((least, { similarity }) => Math.min(least, similarity), Number.POSITIVE_INFINITY);
  const best = dense.reduce((most, { similarity }) => Math.max(most, similarity), Number.NEGATIVE_INFINITY);
  const height = ({ similarity }: Near): number => (best > worst ? (similarity - worst) / (best - worst) : 1);
  return new Map(dense.map((near) => [keyOf(near), { near, height: height(near) }]));
}

function keyOf({ shelf, item }: { readonly shelf: number; readonly item: number }): string {
  return `${shelf}/${item}`;
}

/** The rank that a row may not fall below when a rare identifier of the query stands in it. */
const guaranteedRank = 3;

/**
 * Lifts the rows that hold a rare identifier of the query to the first three, those with most of them first; all others
 * stay in their order. What nobody pinned is pushed down, at most by three.
 */
export function pinExact<Row>(rows: readonly Row[], exactOf: (row: Row) => number): readonly Row[] {
  const pinned = rows
    .map((row, rank) => ({ rank, exact: exactOf(row) }))
    .filter(({ exact }) => exact > 0)
    .sort((a, b) => b.exact - a.exact || a.rank - b.rank)
    .slice(0, guaranteedRank);
  if (pinned.every(({ rank }) => rank < guaranteedRank)) return rows;
  const kept = new Set(pinned.map(({ rank }) => rank));
  const others = rows.map((_, rank) => rank).filter((rank) => !kept.has(rank));
  const room = guaranteedRank - kept.size;
  const first = [...kept, ...others.slice(0, room)].sort((a, b) => a - b);
  return [...first, ...others.slice(room)].flatMap((rank) => rows.slice(rank, rank + 1));
}
