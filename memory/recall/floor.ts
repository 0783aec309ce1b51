import type { Near } from '../embed/port.ts';
import type { Fused } from '../rank/fuse.ts';
import type { AskedTerm, Understood } from './understand.ts';

/**
 * The honest floor: a ranking always has a first, and it need not be an answer.
 *
 *  weight    of a term that is asked for: the rarer it is in these shelves, the more it says of what is meant
 *  coverage  of a hit: the weight of the terms it holds over the weight of those that were asked for; a repaired word counts as
 *            much as it is like the mistyped one, an alias three quarters. Of a long query no entry holds all: it is held against a few
 *            of its terms and no more
 *  outlier   nearer to the query than the crowd behind it: a list of the nearest always has a nearest, too
 *
 * Of a query for which no hit is covered enough or stands out, nothing is meant. Otherwise what follows the best is let
 * through, as far as it is not far behind it.
 *
 * How much is enough was chosen on one half of the questions of HomeBench and of the conversations of LoCoMo, and checked on
 * the other: a wrong "nothing" is worse than a weak hit.
 */
const leastCoverage = 0.3;
/** Of a section: who has a corpus searched looks for what is nearest to a symptom, and judges it. */
const leastCoverageOfSection = 0.08;
/** Of the best score: what is further behind shares a word and no meaning. */
const leastOfBest = 0.15;
/** Terms of mean weight that a hit may be expected to hold. */
const mostExpected = 4;
const aliasCoverage = 0.75;
const addedCoverage = 0.4;

/** `corpora`: shelves whose items are sections. One kind does not let the other through. */
export function createFloor(
  understood: Understood,
  fused: readonly Fused[],
  corpora: ReadonlySet<number>,
): (one: Fused) => boolean {
  const covered = createCoverage(understood);
  const standsOut = createOutlier(fused.flatMap(({ near }) => near ?? []));
  const isSection = ({ shelf }: Fused): boolean => corpora.has(shelf);
  const isAnswer = (one: Fused): boolean =>
    covered(one.lexical?.matched ?? []) >= (isSection(one) ? leastCoverageOfSection : leastCoverage) ||
    (one.near !== undefined && standsOut(one.near));
  const bestSection = fused.find((one) => isSection(one) && isAnswer(one));
  const bestMemory = fused.find((one) => !isSection(one) && isAnswer(one));
  return (one) => {
    const best = isSection(one) ? bestSection : bestMemory;
    if (best === undefined) return false;
    return isAnswer(one) || (one.lexical !== undefined && one.score >= best.score * leastOfBest);
  };
}

export function createCoverage({
  asked,
  repairs,
  aliases,
  added,
  rarityOf,
}: Understood): (matched: readonly string[]) => number {
  const missingNumbers = numbersOfMissing(asked);
  const units = asked
    .filter(({ compound, unknown, term }) => !(compound && unknown && isMerelyJoined(term)))
    .map(({ term, rarity }) => ({ term, weight: rarity, counts: !missingNumbers.has(term) }));
  const total = units.reduce((sum, { weight }) => sum + weight, 0);
  const expected = total * Math.min(1, mostExpected / Math.max(1, units.length));
  if (expected === 0) return () => 0;
  return (matched) => {
    const held = new Set(matched);
    const byRepair = (term: string): number =>
      repairs.reduce(
        (most, { instead, to, likeness }) => (instead === term && held.has(to) ? Math.max(most, likeness) : most),
        0,
      );
    const byAlias = (term: string): number =>
      aliases
        .filter(({ covers }) => covers.includes(term))
        .reduce((most, { terms }) => {
          const parts = terms.reduce((sum, { term: other, part }) => (held.has(other) ? sum + part : sum), 0);
          return Math.max(most, aliasCoverage * Math.min(1, parts));
        }, 0);
    const own = units.reduce(
      (sum, { term, weight, counts }) =>
        counts ? sum + weight * (held.has(term) ? 1 : Math.max(byRepair(term), byAlias(term))) : sum,
      0,
    );
    const besides = matched.reduce((sum, term) => (added.has(term) ? sum + addedCoverage * rarityOf(term) : sum), 0);
    return (own + besides) / expected;
  };
}

/** `disk-full` may stand apart in an entry; a host, a path, an address or a version may not. */
function isMerelyJoined(compound: string): boolean {
  return /^[\p{L}\p{M}'’-]+$/u.test(compound);
}

/** Of an address that stands nowhere the numbers are in many others, and those are not what was asked for. */
function numbersOfMissing(asked: readonly AskedTerm[]): ReadonlySet<string> {
  const missing = asked.filter(({ compound, unknown }) => compound && unknown);
  return new Set(missing.flatMap(({ term }) => term.split(/[^\p{L}\p{N}]+/u).filter((part) => /^\d+$/.test(part))));
}

/** So many must be in the list before one of them can stand out. */
const leastCrowd = 30;

/**
 * The tail of similarities falls with the logarithm of the rank. What is above the line that the crowd draws by more than
 * the line itself rises over its last tenth was not to be expected of a query that nothing answers.
 */
function createOutlier(near: readonly Near[]): (one: Near) => boolean {
  const falling = near.map(({ similarity }) => similarity).sort((a, b) => b - a);
  const tenth = falling[Math.floor(falling.length / 10)];
  const last = falling.at(-1);
  if (falling.length < leastCrowd || tenth === undefined || last === undefined) return () => false;
  const rise = tenth - last;
  return ({ similarity }) => rise > 0 && similarity > tenth + 2 * rise;
}
