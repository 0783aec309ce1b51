import { createCorpora } from './corpus/corpora.ts';
import { openDense } from './embed/dense.ts';
import type { Memory, MemoryDependencies } from './engine.ts';
import { createEntries } from './entries/entries.ts';
import { openPostings } from './postings/open.ts';
import { loadAliases } from './recall/aliases.ts';
import { createRecall } from './recall/recall.ts';

/**
 * Memory over a database that is open and migrated. One per process: it keeps what it has read of the index, and the
 * connections to an embedding endpoint.
 */
export function openMemory(dependencies: MemoryDependencies): Memory {
  const postings = openPostings(dependencies.database);
  const dense = openDense(dependencies);
  const finding = { ...dependencies, postings, dense, aliases: loadAliases() };
  const entries = createEntries({ ...dependencies, postings });
  // What was written before this process began may have no vector yet.
  dense.wake();
  return {
    ...entries,
    store: waking(entries.store),
    storeAll: waking(entries.storeAll),
    update: waking(entries.update),
    restore: waking(entries.restore),
    remove: waking(entries.remove),
    recall: createRecall(finding),
    corpora: createCorpora(finding),
    dense,
    [Symbol.asyncDispose]: () => dense[Symbol.asyncDispose](),
  };

  /** What was written gets its vector behind the answer, and what was removed loses it. */
  function waking<Given extends readonly unknown[], Result>(
    write: (...given: Given) => Promise<Result>,
  ): (...given: Given) => Promise<Result> {
    return async (...given) => {
      const result = await write(...given);
      dense.wake();
      return result;
    };
  }
}
