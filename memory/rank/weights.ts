/**
 * How much each kind of evidence counts beside the words of the content, which count 1. One set for every store: chosen on
 * five conversations of LoCoMo and checked on the other five (bench/memory/locomo-tuning.ts). Of the episode not the most that
 * pays there is taken: in a conversation neighbours belong together more than notes of one session do.
 */
export interface Weights {
  /** Two terms of the query that stand side by side. */
  readonly pairs: number;
  /** Keywords and tags. */
  readonly keywords: number;
  /** Of the best score among the neighbours in a session. */
  readonly neighbours: number;
  /** What of it the neighbour next but one counts for. */
  readonly nextButOne: number;
  /** Of the best score, for the session that fits best; the others get the square of how well they fit. */
  readonly session: number;
  /** Of a group, for the whole of it beside its best three documents. */
  readonly group: number;
}

export const standardWeights: Weights = {
  pairs: 0.5,
  keywords: 0.7,
  neighbours: 0.35,
  nextButOne: 0.7,
  session: 0.35,
  group: 0.6,
};
