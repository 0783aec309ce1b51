import type { Living } from './living.ts';
import type { RankOptions } from './port.ts';

/** Places of the `limit` highest scores above 0 of what is allowed, best first; of equals the later place first. */
export function top({ shelves }: Living, scores: Float32Array, { limit, allowed }: RankOptions): readonly number[] {
  const heap: number[] = [];
  const worse = (one: number, other: number): boolean => {
    const difference = (scores[one] as number) - (scores[other] as number);
    return difference < 0 || (difference === 0 && one < other);
  };
  for (const { view, offset, alive } of shelves) {
    const admitted = allowed?.get(view.shelf);
    if (allowed !== undefined && admitted === undefined) continue;
    // Most places end here: they are not compared to more than a number.
    let least = heap.length < limit ? 0 : (scores[heap[0] as number] as number);
    for (let number = 0; number < alive.length; number += 1) {
      const place = offset + number;
      const score = scores[place] as number;
      if (score === 0 || score < least) continue;
      const full = heap.length >= limit;
      if (full && !worse(heap[0] as number, place)) continue;
      if (admitted?.has(view.documents.items[number] as number) === false) continue;
      if (full) sink(heap, place, worse);
      else rise(heap, place, worse);
      if (heap.length >= limit) least = scores[heap[0] as number] as number;
    }
  }
  return heap.sort((one, other) => (worse(one, other) ? 1 : -1));
}

type Worse = (one: number, other: number) => boolean;

function rise(heap: number[], place: number, worse: Worse): void {
  let at = heap.length;
  heap.push(place);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!worse(place, heap[parent] as number)) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = place;
}

/** Takes the worst one's seat. */
function sink(heap: number[], place: number, worse: Worse): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && worse(heap[right] as number, heap[left] as number) ? right : left;
    if (!worse(heap[child] as number, place)) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = place;
}
