import type { PostingList } from '../postings/port.ts';
import { clausesOf, ownScores } from './clauses.ts';
import { liftedByEpisode } from './episode.ts';
import { rareIdentifiers } from './exact.ts';
import { type Living, type LivingShelf, livingOf } from './living.ts';
import type { Candidate, RankLexical } from './port.ts';
import { top } from './top.ts';
import { standardWeights, type Weights } from './weights.ts';

/** BM25 over content, adjacent pairs and keywords, lifted by neighbours and session; best first. Pure. */
export const rankLexical: RankLexical = rankLexicalBy(standardWeights);

export function rankLexicalBy(weights: Weights): RankLexical {
  return (view, query, options) => {
    const living = livingOf(view);
    if (living.count === 0 || options.limit <= 0) return [];
    const clauses = clausesOf(query, living);
    const own = ownScores(living, clauses, weights);
    const scores = liftedByEpisode(living, clauses, own, weights) ?? own;

    const rare = rareIdentifiers(living, query.terms);
    return top(living, scores, options).map((place): Candidate => {
      const { shelf, number, item } = documentAt(living, place);
      const matched = clauses.terms.map(({ term }) => term).filter((term) => holds(shelf.view.lists.get(term), number));
      return {
        shelf: shelf.view.shelf,
        item,
        score: scores[place] as number,
        matched,
        exact: matched.filter((term) => rare.has(term)),
        episode: (scores[place] as number) - (own[place] as number) > (own[place] as number),
      };
    });
  };
}

function documentAt(
  { shelves }: Living,
  place: number,
): { readonly shelf: LivingShelf; readonly number: number; readonly item: number } {
  const shelf = shelves.findLast(({ offset, view }) => place >= offset && view.documents.size > 0) as LivingShelf;
  const number = place - shelf.offset;
  return { shelf, number, item: shelf.view.documents.items[number] as number };
}

function holds(list: PostingList | undefined, number: number): boolean {
  if (list === undefined) return false;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list.numbers[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low < list.length && list.numbers[low] === number;
}
