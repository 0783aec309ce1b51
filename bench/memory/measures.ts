import { createRandom } from '../../src/redaction/fixtures/random.ts';

/**
 * How well a ranked list finds what it should.
 *
 *  gold     what answers the question; `labels` of a hit are the golds it would be
 *  r@k      how much of the gold is among the first k, a gold counted once
 *  hit@k    whether any of it is
 *  mrr      one over the rank of the first that is
 *  ndcg@10  gain falls with the logarithm of the rank; a gold gains once, where it is first found
 */
export interface Measured {
  readonly 'r@1': number;
  readonly 'r@5': number;
  readonly 'r@10': number;
  readonly 'hit@1': number;
  readonly 'hit@5': number;
  readonly 'hit@10': number;
  readonly mrr: number;
  readonly 'ndcg@10': number;
}

export type Measure = keyof Measured;

/** 0 to 1 each. `ranked`: the labels of each hit, best first. */
export function measureRanking(ranked: readonly (readonly string[])[], gold: ReadonlySet<string>): Measured {
  const found = new Set<string>();
  const gained: number[] = [];
  for (const labels of ranked) {
    const fresh = labels.filter((label) => gold.has(label) && !found.has(label));
    for (const label of fresh) found.add(label);
    gained.push(fresh.length);
  }
  const within = (k: number): number => gained.slice(0, k).reduce((sum, gain) => sum + gain, 0);
  const first = gained.findIndex((gain) => gain > 0);
  const discounted = (gains: readonly number[]): number =>
    gains.slice(0, 10).reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
  const ideal = discounted(Array.from({ length: Math.min(10, gold.size) }, () => 1));
  return {
    'r@1': within(1) / gold.size,
    'r@5': within(5) / gold.size,
    'r@10': within(10) / gold.size,
    'hit@1': Math.min(1, within(1)),
    'hit@5': Math.min(1, within(5)),
    'hit@10': Math.min(1, within(10)),
    mrr: first < 0 ? 0 : 1 / (first + 1),
    'ndcg@10': discounted(gained) / ideal,
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 10_000;

/**
 * By how much one system beats another on the same questions, with the middle 95 % of what other samples of as many
 * questions would have said (paired bootstrap). The same every time.
 */
export function pairedDifference(ours: readonly number[], theirs: readonly number[]): Interval {
  const differences = ours.map((value, at) => value - (theirs[at] ?? Number.NaN));
  const random = createRandom(2026);
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample += 1) {
    let sum = 0;
    for (let drawn = 0; drawn < differences.length; drawn += 1) {
      sum += differences[random.below(differences.length)] as number;
    }
    means[sample] = sum / differences.length;
  }
  means.sort();
  return {
    mean: meanOf(differences),
    low: means[Math.floor(0.025 * resamples)] as number,
    high: means[Math.ceil(0.975 * resamples) - 1] as number,
  };
}
