import { randomUUID } from 'node:crypto';
import { memoryOver } from '../../memory/durability/keeper.fixture.ts';
import type { Memory } from '../../memory/engine.ts';
import { openPostings } from '../../memory/postings/open.ts';
import { rankGroups } from '../../memory/rank/groups.ts';
import { analyse } from '../../memory/text/analyse.ts';
import type { Database } from '../../src/store/database.ts';
import { probeFeatures } from '../../src/store/features.ts';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import type { Retriever } from './locomo-measure.ts';

/** Memory as the daemon has it, without embeddings, over an embedded database that is thrown away. */
export interface WholeMemory extends AsyncDisposable {
  readonly memory: Memory;
  readonly database: Database;
}

export async function openWholeMemory(): Promise<WholeMemory> {
  const scratch = await openScratchDatabase();
  const { database } = scratch;
  const memory = memoryOver(database, await probeFeatures(database), loudLog);
  return {
    memory,
    database,
    [Symbol.asyncDispose]: async () => {
      await memory[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** What a benchmark measured in spite of is seen. */
export const loudLog = { warn: (fields: object, message: string): void => console.error(message, fields) };

/** Room for whatever ten hits take: what is measured is the order. */
const ample = 1_000_000;

/** Each is somebody's own: what another one holds moves nothing in it. */
export function wholeRetriever({ memory, database }: WholeMemory): () => Promise<Retriever> {
  return async () => {
    const by = { human: `human:${randomUUID()}`, agent: 'agent:bench' };
    const names = new Map<number, string>();
    return {
      async load(documents) {
        const drafts = documents.map(({ id, content, keywords, session, seq, at }) => ({
          content,
          formerId: id,
          session,
          seq,
          recordedAt: at,
          validFrom: at,
          ...(keywords === undefined ? {} : { keywords }),
        }));
        for (const [index, outcome] of (await memory.storeAll(drafts, by)).entries()) {
          const id = documents[index]?.id ?? '';
          if (outcome.outcome === 'refused') console.error(`${id} was not stored: ${outcome.message}`);
          // Of two that say the same the second is the first.
          else if (!names.has(outcome.id)) names.set(outcome.id, id);
        }
      },
      async search(query, k) {
        const { hits } = await memory.recall({ query, limit: k, room: ample }, by, AbortSignal.timeout(30_000));
        return hits.flatMap((hit) => (hit.kind === 'memory' ? [names.get(hit.entry.id) ?? ''] : []));
      },
      async searchSessions(query, k) {
        const { terms } = analyse(query);
        const shelves = await database.query<{ id: number }>('select id from castellan.shelf where owner = $1', [
          by.human,
        ]);
        const view = await openPostings(database).view(
          shelves.map(({ id }) => id),
          terms.map(({ text }) => text),
        );
        return rankGroups(view, { terms, extra: [] }, { limit: k }).map(({ name }) => name);
      },
      async dispose() {},
    };
  };
}
