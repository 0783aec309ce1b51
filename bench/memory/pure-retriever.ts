import type { IndexView } from '../../memory/postings/port.ts';
import { rankGroups } from '../../memory/rank/groups.ts';
import { viewOf } from '../../memory/rank/index-view.fixture.ts';
import { rankLexicalBy } from '../../memory/rank/lexical.ts';
import type { LexicalQuery } from '../../memory/rank/port.ts';
import { standardWeights, type Weights } from '../../memory/rank/weights.ts';
import { analyse } from '../../memory/text/analyse.ts';
import type { Retriever } from './locomo-measure.ts';

/** Words of the content and nothing else: what the rest is measured against. */
export const plainBm25: Weights = { pairs: 0, keywords: 0, neighbours: 0, nextButOne: 0, session: 0, group: 0 };

/** The ranker alone over an index in memory: no database, no aliases, no repair, no priors. */
export function pureRetriever(weights: Weights = standardWeights): () => Promise<Retriever> {
  const rank = rankLexicalBy(weights);
  return async () => {
    let view: IndexView = { shelves: [] };
    let ids: readonly string[] = [];
    const asked = (query: string): LexicalQuery => ({ terms: analyse(query).terms, extra: [] });
    return {
      async load(documents) {
        ids = documents.map(({ id }) => id);
        view = viewOf(
          documents.map(({ content, keywords, session, seq }, item) => ({
            item,
            content,
            session,
            seq,
            ...(keywords === undefined ? {} : { keywords }),
          })),
        );
      },
      async search(query, k) {
        return rank(view, asked(query), { limit: k }).map(({ item }) => ids[item] as string);
      },
      async searchSessions(query, k) {
        return rankGroups(view, asked(query), { limit: k }, weights).map(({ name }) => name);
      },
      async dispose() {},
    };
  };
}
