import type { IndexView, PostingList, ShelfView } from '../postings/port.ts';
import { type Analysed, analyse } from '../text/analyse.ts';

export interface FixtureDocument {
  readonly item: number;
  readonly content: string;
  readonly keywords?: string;
  readonly session?: string;
  readonly seq?: number;
  readonly dead?: boolean;
}

/** An index in memory, as the database's would be: documents by shelf, numbered in the order given. */
export function indexView(shelves: ReadonlyMap<number, readonly FixtureDocument[]>): IndexView {
  return { shelves: [...shelves].map(([shelf, documents]) => shelfView(shelf, documents)) };
}

/** Of one shelf, 1. */
export function viewOf(documents: readonly FixtureDocument[]): IndexView {
  return indexView(new Map([[1, documents]]));
}

function shelfView(shelf: number, documents: readonly FixtureDocument[]): ShelfView {
  const sessionNames: string[] = [];
  const sessions = new Map<string, number>();
  const building = new Map<string, { number: number; positions: number[]; inKeywords: number }[]>();
  const at = (term: string, number: number): { positions: number[]; inKeywords: number } => {
    let list = building.get(term);
    if (list === undefined) {
      list = [];
      building.set(term, list);
    }
    const last = list.at(-1);
    if (last?.number === number) return last;
    const posting = { number, positions: [], inKeywords: 0 };
    list.push(posting);
    return posting;
  };
  const analysed = documents.map((document, number): { content: Analysed; keywords: Analysed } => {
    const content = analyse(document.content);
    const keywords = analyse(document.keywords ?? '');
    for (const { text, position } of content.terms) at(text, number).positions.push(position);
    for (const { text } of keywords.terms) at(text, number).inKeywords += 1;
    return { content, keywords };
  });
  const sessionOf = ({ session }: FixtureDocument): number => {
    if (session === undefined) return -1;
    const known = sessions.get(session);
    if (known !== undefined) return known;
    sessionNames.push(session);
    sessions.set(session, sessionNames.length - 1);
    return sessionNames.length - 1;
  };
  return {
    shelf,
    documents: {
      size: documents.length,
      items: Float64Array.from(documents, ({ item }) => item),
      contentLengths: Uint16Array.from(analysed, ({ content }) => content.length),
      keywordLengths: Uint16Array.from(analysed, ({ keywords }) => keywords.length),
      sessions: Int32Array.from(documents, sessionOf),
      seqs: Int32Array.from(documents, ({ seq }) => seq ?? -(2 ** 31)),
      sessionNames,
    },
    dead: new Set(documents.flatMap(({ dead }, number) => (dead === true ? [number] : []))),
    lists: new Map([...building].map(([term, postings]) => [term, listOf(postings)])),
  };
}

function listOf(
  postings: readonly { readonly number: number; readonly positions: readonly number[]; readonly inKeywords: number }[],
): PostingList {
  const starts = new Uint32Array(postings.length + 1);
  for (const [index, { positions }] of postings.entries()) starts[index + 1] = (starts[index] ?? 0) + positions.length;
  return {
    length: postings.length,
    numbers: Uint32Array.from(postings, ({ number }) => number),
    inKeywords: Uint8Array.from(postings, ({ inKeywords }) => Math.min(255, inKeywords)),
    starts,
    positions: Uint16Array.from(postings.flatMap(({ positions }) => positions)),
  };
}
