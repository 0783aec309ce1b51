/** Plain BM25 over whole documents, the least that history has to beat: k1 1.2, b 0.75, words in lower case and nothing else. */
const k1 = 1.2;
const b = 0.75;

export interface PlainIndex {
  /** Best first, of those that are let in. */
  search(query: string, isIn: (id: string) => boolean): readonly string[];
}

export function plainIndex(documents: readonly { readonly id: string; readonly text: string }[]): PlainIndex {
  const rows = documents.map(({ id, text }) => {
    const words = wordsOf(text);
    return { id, length: words.length, counts: countsOf(words) };
  });
  const holding = new Map<string, number>();
  for (const { counts } of rows) for (const word of counts.keys()) holding.set(word, (holding.get(word) ?? 0) + 1);
  const average = rows.reduce((sum, { length }) => sum + length, 0) / Math.max(1, rows.length);
  return {
    search(query, isIn) {
      const asked = new Set(wordsOf(query));
      const scored = rows
        .filter(({ id }) => isIn(id))
        .map(({ id, length, counts }) => {
          let score = 0;
          for (const word of asked) {
            const times = counts.get(word) ?? 0;
            const held = holding.get(word) ?? 0;
            if (times > 0)
              score +=
                (Math.log(1 + (rows.length - held + 0.5) / (held + 0.5)) * times * (k1 + 1)) /
                (times + k1 * (1 - b + (b * length) / average));
          }
          return { id, score };
        });
      return scored
        .filter(({ score }) => score > 0)
        .sort((one, other) => other.score - one.score)
        .map(({ id }) => id);
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
