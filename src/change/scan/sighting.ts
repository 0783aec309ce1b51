import type { Verdict } from '../finding.ts';

/** Something worth a finding if it was not there before. */
export interface Sighting {
  readonly rule: string;
  readonly verdict: Verdict;
  /** Equal on both sides when nothing that matters is different: two of one meaning are the same thing, wherever they stand. */
  readonly meaning: string;
  /** Equal when at least the words are the same. */
  readonly written: string;
  readonly file: string;
  readonly line: number;
  /** What carries it from the root: instance and file, to tell which of several of one meaning is the new one. */
  readonly origin: string;
  readonly message: string;
  /** Said instead where the words stand in the base as well and only what they read is different. */
  readonly retargeted?: string;
}

const wordsOf = ({ rule, written }: Sighting): string => `${rule} ${written}`;
const keyOf = ({ rule, meaning }: Sighting): string => `${rule} ${meaning}`;

/** Those of `after` that `before` has no counterpart for, by number. */
export function newSightings(before: readonly Sighting[], after: readonly Sighting[]): readonly Sighting[] {
  const old = Map.groupBy(before, keyOf);
  const oldWords = Map.groupBy(before, wordsOf);
  const words = Map.groupBy(after, wordsOf);
  const origins = new Set(before.map((sighting) => `${keyOf(sighting)} ${sighting.origin}`));
  return [...Map.groupBy(after, keyOf)].flatMap(([key, some]) => {
    const surplus = some.length - (old.get(key)?.length ?? 0);
    if (surplus <= 0) return [];
    const isOld = (sighting: Sighting): number => Number(origins.has(`${key} ${sighting.origin}`));
    return [...some]
      .sort((one, other) => isOld(one) - isOld(other))
      .slice(0, surplus)
      .map((sighting) => {
        const key = wordsOf(sighting);
        const isMore = (words.get(key)?.length ?? 0) > (oldWords.get(key)?.length ?? 0);
        const onlyWords = sighting.retargeted !== undefined && !isMore;
        return onlyWords
          ? { ...sighting, rule: `${sighting.rule}-retargeted`, message: sighting.retargeted ?? '' }
          : sighting;
      });
  });
}
