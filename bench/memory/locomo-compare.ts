import { type LocomoRows, type Unit, units } from './locomo-measure.ts';
import { type Interval, type Measure, pairedDifference } from './measures.ts';

const compared = ['r@5', 'r@10', 'mrr'] as const satisfies readonly Measure[];

export type Comparison = Readonly<Record<Unit, Readonly<Record<(typeof compared)[number], Interval>>>>;

/**
 * What one system finds more than another on the same questions: r@k in points of per cent, mrr from 0 to 1, each with its
 * 95 % interval.
 */
export function compareLocomo(ours: LocomoRows, theirs: LocomoRows): Comparison {
  const ofUnit = (unit: Unit): Comparison[Unit] => {
    const difference = (measure: Measure): Interval =>
      pairedDifference(
        ours[unit].map((row) => row[measure]),
        theirs[unit].map((row) => row[measure]),
      );
    const inPercent = ({ mean, low, high }: Interval): Interval => ({
      mean: 100 * mean,
      low: 100 * low,
      high: 100 * high,
    });
    return { 'r@5': inPercent(difference('r@5')), 'r@10': inPercent(difference('r@10')), mrr: difference('mrr') };
  };
  return Object.fromEntries(units.map((unit) => [unit, ofUnit(unit)])) as Record<Unit, Comparison[Unit]>;
}
