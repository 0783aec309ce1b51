import type { Corpora } from '../../memory/corpus/port.ts';
import type { Memory } from '../../memory/engine.ts';

/** The index as other groups have it: whoever asks waits for the database, and nobody does before. */
export function lentCorpora(memory: () => Promise<Memory>): Corpora {
  return {
    names: async () => (await memory()).corpora.names(),
    open: (name) => {
      const corpus = async () => (await memory()).corpora.open(name);
      return {
        name,
        put: async (documents) => (await corpus()).put(documents),
        keepOnly: async (documents) => (await corpus()).keepOnly(documents),
        remove: async (documents) => (await corpus()).remove(documents),
        search: async (query, options) => (await corpus()).search(query, options),
      };
    },
  };
}
