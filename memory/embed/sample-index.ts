import type { IndexView } from '../postings/port.ts';
import { GrowingList } from '../postings/posting-list.ts';
import { analyse } from '../text/analyse.ts';

/** An index in memory over some texts, as one shelf in which each is the item of its position: to be ranked as the store's is. */
export function indexOf(texts: readonly string[]): IndexView {
  const lists = new Map<string, GrowingList>();
  const lengths = texts.map((text, number) => {
    const analysed = analyse(text);
    const positions = Map.groupBy(analysed.terms, (term) => term.text);
    for (const [term, occurrences] of positions) {
      const list = lists.get(term) ?? new GrowingList();
      lists.set(term, list);
      list.begin(number, 0);
      for (const { position } of occurrences) list.position(position);
    }
    return analysed.length;
  });
  const size = texts.length;
  return {
    shelves: [
      {
        shelf: sampleShelf,
        documents: {
          size,
          items: Float64Array.from(texts, (_, number) => number),
          contentLengths: Uint16Array.from(lengths),
          keywordLengths: new Uint16Array(size),
          // None shares a session: what stands beside what here is chance.
          sessions: new Int32Array(size).fill(-1),
          seqs: new Int32Array(size).fill(-1),
          sessionNames: [],
        },
        dead: new Set(),
        lists: new Map([...lists].map(([term, list]) => [term, list.upTo(size)])),
      },
    ],
  };
}

export const sampleShelf = 1;
