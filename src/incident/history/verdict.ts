import type { RecurrenceVerdict } from './port.ts';

/**
 * Scores are taken for a verdict by two thresholds. They were found by `npm run bench:history` on the odd half of its sample
 * and reported on the even one: docs/benchmarks.md has the figures.
 *
 *  recurrence   where precision and recall were best together; an error text that is the same is over it by itself
 *  related      below it a report shares words with the incident and little else
 */
export const thresholds = { recurrence: 0.19, related: 0.1 } as const;

export function verdictOf(score: number): RecurrenceVerdict {
  if (score >= thresholds.recurrence) return 'recurrence';
  return score >= thresholds.related ? 'related' : 'first-recorded';
}
