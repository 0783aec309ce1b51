import type { PostingList } from '../postings/port.ts';
import type { Living, Occurrences } from './living.ts';

/** Where the second term stands right behind the first: exact, for positions are kept. By shelf, as `addContent` takes it. */
export function adjacent(living: Living, first: string, second: string): readonly (Occurrences | undefined)[] {
  return living.shelves.map(({ view }) => {
    const before = view.lists.get(first);
    const after = view.lists.get(second);
    return before === undefined || after === undefined ? undefined : intersect(before, after);
  });
}

function intersect(before: PostingList, after: PostingList): Occurrences {
  const most = Math.min(before.length, after.length);
  const numbers = new Uint32Array(most);
  const starts = new Uint32Array(most + 1);
  let length = 0;
  let left = 0;
  let right = 0;
  while (left < before.length && right < after.length) {
    const one = before.numbers[left] as number;
    const other = after.numbers[right] as number;
    if (one === other) {
      const times = countPairs(before, left, after, right);
      if (times > 0) {
        numbers[length] = one;
        starts[length + 1] = (starts[length] as number) + times;
        length += 1;
      }
    }
    if (one <= other) left += 1;
    if (other <= one) right += 1;
  }
  return { length, numbers, starts };
}

function countPairs(before: PostingList, left: number, after: PostingList, right: number): number {
  let times = 0;
  let one = before.starts[left] as number;
  let other = after.starts[right] as number;
  const oneEnd = before.starts[left + 1] as number;
  const otherEnd = after.starts[right + 1] as number;
  while (one < oneEnd && other < otherEnd) {
    const wanted = (before.positions[one] as number) + 1;
    const found = after.positions[other] as number;
    if (wanted === found) times += 1;
    if (wanted <= found) one += 1;
    if (found <= wanted) other += 1;
  }
  return times;
}
