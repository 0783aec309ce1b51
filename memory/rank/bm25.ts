import { countHolding, type Living, type Occurrences } from './living.ts';

/**
 * BM25: a term says the more of a document the rarer it is, the oftener it stands there and the shorter the document is.
 * Scores are added to an array by place.
 */
export const k1 = 1.2;
export const b = 0.75;

export function inverseFrequency(documents: number, holding: number): number {
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

/** `of`: by shelf, in the order of the living; undefined where it does not occur. */
export function addContent(
  living: Living,
  of: readonly (Occurrences | undefined)[],
  weight: number,
  scores: Float32Array,
): void {
  let holding = 0;
  for (const [index, shelf] of living.shelves.entries()) {
    const occurrences = of[index];
    if (occurrences !== undefined) holding += countHolding(shelf, occurrences);
  }
  if (holding === 0) return;
  const gain = weight * inverseFrequency(living.count, holding) * (k1 + 1);
  const flat = k1 * (1 - b);
  const slope = (k1 * b) / living.averageContent;
  for (const [index, { view, offset, alive }] of living.shelves.entries()) {
    const occurrences = of[index];
    if (occurrences === undefined) continue;
    const { length, numbers, starts } = occurrences;
    const { contentLengths } = view.documents;
    for (let at = 0; at < length; at += 1) {
      const number = numbers[at] as number;
      const times = (starts[at + 1] as number) - (starts[at] as number);
      if (times === 0 || alive[number] !== 1) continue;
      const place = offset + number;
      scores[place] =
        (scores[place] as number) + (gain * times) / (times + flat + slope * (contentLengths[number] as number));
    }
  }
}

export function addKeywords(living: Living, term: string, weight: number, scores: Float32Array): void {
  let holding = 0;
  for (const { view, alive } of living.shelves) {
    const list = view.lists.get(term);
    if (list === undefined) continue;
    const { length, numbers, inKeywords } = list;
    for (let at = 0; at < length; at += 1) {
      if (inKeywords[at] !== 0 && alive[numbers[at] as number] === 1) holding += 1;
    }
  }
  if (holding === 0) return;
  const gain = weight * inverseFrequency(living.count, holding) * (k1 + 1);
  const flat = k1 * (1 - b);
  const slope = (k1 * b) / living.averageKeywords;
  for (const { view, offset, alive } of living.shelves) {
    const list = view.lists.get(term);
    if (list === undefined) continue;
    const { length, numbers, inKeywords } = list;
    const { keywordLengths } = view.documents;
    for (let at = 0; at < length; at += 1) {
      const times = inKeywords[at] as number;
      const number = numbers[at] as number;
      if (times === 0 || alive[number] !== 1) continue;
      const place = offset + number;
      scores[place] =
        (scores[place] as number) + (gain * times) / (times + flat + slope * (keywordLengths[number] as number));
    }
  }
}
