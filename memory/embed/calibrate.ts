import { fuse } from '../rank/fuse.ts';
import { rankLexical } from '../rank/lexical.ts';
import { analyse } from '../text/analyse.ts';
import { indexOf, sampleShelf } from './sample-index.ts';

/**
 * How much of a score the dense leg gets. Nobody can say it for every model and every store, so it is measured on the store
 * itself: entries are cut in two, one half is the question, the other half stands where the entry stood, and both legs look
 * for it among all the others. Neither leg is favoured: both see the same halves.
 *
 *  subject   an entry that was cut in two
 *  stranger  an entry that stays whole and only stands about
 *  gain      by how much the reciprocal rank of the subjects is better than without the dense leg
 *  chance    what the reciprocal rank of a subject is when it lies anywhere among the entries that no leg found. Where words find
 *            nothing, that is what they are held to: a leg that shuffles all entries does no better
 *
 * The share that is best on one half of the subjects is judged on the other half, and the other way round: what is best on
 * the very questions it is judged by looks good by chance. A gain counts when it is above 0 in 99 % of resamplings.
 */
export const shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] as const;
export const mostSubjects = 128;
export const mostStrangers = 512;
/** With fewer, nothing can be told from chance. */
export const fewestSubjects = 20;

const legLength = 100;
const resamplings = 1_000;

export interface Subject {
  readonly question: string;
  readonly rest: string;
  readonly questionVector: Float32Array;
  readonly restVector: Float32Array;
}

export interface Stranger {
  readonly text: string;
  readonly vector: Float32Array;
}

/** 0 unless the dense leg is proved to help. `pause` is awaited between questions, so that others get their turn. */
export async function measureShare(
  subjects: readonly Subject[],
  strangers: readonly Stranger[],
  pause: () => Promise<void>,
): Promise<number> {
  if (subjects.length < fewestSubjects) return 0;
  const index = indexOf([...subjects.map(({ rest }) => rest), ...strangers.map(({ text }) => text)]);
  const vectors = [...subjects.map(({ restVector }) => restVector), ...strangers.map(({ vector }) => vector)];
  /** By subject, by share. */
  const reciprocals: number[][] = [];
  for (const [target, { question, questionVector }] of subjects.entries()) {
    await pause();
    const lexical = rankLexical(index, { terms: analyse(question).terms, extra: [] }, { limit: legLength });
    const dense = vectors
      .map((vector, item) => ({ shelf: sampleShelf, item, similarity: dot(questionVector, vector) }))
      // Subjects come before strangers: among equals that must not help them into the list.
      .sort((a, b) => b.similarity - a.similarity || shuffled(a.item) - shuffled(b.item))
      .slice(0, legLength);
    reciprocals.push(shares.map((share) => reciprocalRank(fuse(lexical, dense, share), target, vectors.length)));
  }
  return chooseShare(reciprocals);
}

/** `reciprocals`: of each subject, at each of `shares`. */
export function chooseShare(reciprocals: readonly (readonly number[])[]): number {
  const even = reciprocals.filter((_, index) => index % 2 === 0);
  const odd = reciprocals.filter((_, index) => index % 2 === 1);
  const gains = [...gainsOf(odd, bestOf(even)), ...gainsOf(even, bestOf(odd))];
  return lowerBound(gains) > 0 ? (shares[bestOf(reciprocals)] ?? 0) : 0;
}

function bestOf(reciprocals: readonly (readonly number[])[]): number {
  const sums = shares.map((_, at) => reciprocals.reduce((sum, one) => sum + (one[at] ?? 0), 0));
  // The first of equals: the smaller share.
  return sums.indexOf(Math.max(...sums));
}

function gainsOf(reciprocals: readonly (readonly number[])[], at: number): readonly number[] {
  return reciprocals.map((one) => (one[at] ?? 0) - (one[0] ?? 0));
}

/** Of the mean, by resampling; the same gains give the same bound. */
function lowerBound(gains: readonly number[]): number {
  const random = generator(gains.length);
  const means = Array.from({ length: resamplings }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < gains.length; drawn += 1) sum += gains[Math.floor(random() * gains.length)] ?? 0;
    return sum / gains.length;
  });
  return means.sort((a, b) => a - b)[Math.floor(resamplings * 0.01)] ?? 0;
}

/** A small linear congruence: it has to be repeatable and evenly spread, and no more. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An order that has nothing to do with the order of the items, and is the same each time. */
function shuffled(item: number): number {
  return Math.imul(item + 1, 2_654_435_761) >>> 0;
}

/** Of equals the target counts as the middle one: a leg that cannot tell them apart gains nothing by their order. `all`: how many items there are. */
function reciprocalRank(
  ranked: readonly { readonly item: number; readonly score: number }[],
  target: number,
  all: number,
): number {
  const found = ranked.find(({ item }) => item === target);
  if (found === undefined) return chance(ranked.length, all);
  const above = ranked.filter(({ score }) => score > found.score).length;
  const equal = ranked.filter(({ score }) => score === found.score).length;
  return 1 / (above + (equal + 1) / 2);
}

/** The mean of 1/rank over the ranks behind `found` items. */
function chance(found: number, all: number): number {
  let sum = 0;
  for (let rank = found + 1; rank <= all; rank += 1) sum += 1 / rank;
  return all > found ? sum / (all - found) : 0;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

const fewestWords = 10;
/** A question is no page. */
const longestQuestion = 24;

/** The two halves of a text, cut between sentences where it has several; undefined: it is too short for two. */
export function halves(text: string): { readonly question: string; readonly rest: string } | undefined {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length < fewestWords) return undefined;
  const middle = Math.floor(words.length / 2);
  const ends = words.flatMap((word, at) => (/[.!?;:]$/.test(word) ? [at + 1] : []));
  const nearest = ends.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? middle;
  const cut = Math.abs(nearest - middle) <= words.length / 5 ? nearest : middle;
  return { question: words.slice(0, Math.min(cut, longestQuestion)).join(' '), rest: words.slice(cut).join(' ') };
}
