import type { IndexView, ShelfView } from '../postings/port.ts';
import { clausesOf, ownScores } from './clauses.ts';
import { bySession, type Grouped, type Grouping, grouped, groupFit } from './grouped.ts';
import { type Living, livingOf } from './living.ts';
import type { LexicalQuery } from './port.ts';
import { standardWeights, type Weights } from './weights.ts';

export interface RankedGroup {
  readonly shelf: number;
  readonly name: string;
  /** Not normalised; above 0. */
  readonly score: number;
  /** Its best documents, best first: at most three; none when only the group as a whole fits. */
  readonly items: readonly number[];
}

export interface GroupOptions {
  readonly limit: number;
  /** Which documents belong together; unless said, those of a session. */
  readonly groupingOf?: (shelf: ShelfView) => Grouping;
}

/** What the best, the second and the third document of a group count for. */
const decay = [1, 0.5, 0.25] as const;

/** Ranks what documents belong to, by the best three of them and by the whole; best first. Pure. */
export function rankGroups(
  view: IndexView,
  query: LexicalQuery,
  { limit, groupingOf = bySession }: GroupOptions,
  weights: Weights = standardWeights,
): readonly RankedGroup[] {
  const living = livingOf(view);
  const clauses = clausesOf(query, living);
  const groups = grouped(living, groupingOf);
  const fit = groupFit(living, groups, clauses.terms);
  const best = bestOfEach(living, groups, ownScores(living, clauses, weights));
  const parts = Array.from({ length: groups.size }, (_, group) =>
    decay.reduce((sum, share, rank) => sum + share * (best.scores[group * decay.length + rank] as number), 0),
  );
  const most = parts.reduce((highest, score) => Math.max(highest, score), 0);

  return living.shelves
    .flatMap(({ view: shelf }, index) =>
      (groups.groupings[index] as Grouping).names.map((name, own) => {
        const group = (groups.offsets[index] as number) + own;
        const part = most === 0 ? 0 : (parts[group] as number) / most;
        return { shelf, name, group, score: part + weights.group * (fit[group] as number) };
      }),
    )
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ shelf, name, group, score }) => ({
      shelf: shelf.shelf,
      name,
      score,
      items: decay.flatMap((_, rank) => {
        const seat = group * decay.length + rank;
        return best.scores[seat] === 0 ? [] : [shelf.documents.items[best.numbers[seat] as number] as number];
      }),
    }));
}

/** Three seats for each group, best first. */
function bestOfEach(
  { shelves }: Living,
  { groupings, offsets, size }: Grouped,
  own: Float32Array,
): { readonly scores: Float32Array; readonly numbers: Uint32Array } {
  const scores = new Float32Array(size * decay.length);
  const numbers = new Uint32Array(size * decay.length);
  for (const [index, { offset, alive }] of shelves.entries()) {
    const { of } = groupings[index] as Grouping;
    const firstGroup = offsets[index] as number;
    for (let number = 0; number < alive.length; number += 1) {
      const score = own[offset + number] as number;
      const group = of[number] as number;
      if (score === 0 || group < 0) continue;
      const first = (firstGroup + group) * decay.length;
      let seat = first + decay.length - 1;
      if (score <= (scores[seat] as number)) continue;
      for (; seat > first && score > (scores[seat - 1] as number); seat -= 1) {
        scores[seat] = scores[seat - 1] as number;
        numbers[seat] = numbers[seat - 1] as number;
      }
      scores[seat] = score;
      numbers[seat] = number;
    }
  }
  return { scores, numbers };
}
