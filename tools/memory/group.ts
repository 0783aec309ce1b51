import { corporaPort } from '../../memory/corpus/port.ts';
import type { Memory, MemoryDependencies } from '../../memory/engine.ts';
import { openMemory } from '../../memory/open.ts';
import { CastellanError, defineGroup, provide } from '../../src/kit/index.ts';
import { redactorPort } from '../../src/redaction/port.ts';
import type { Database } from '../../src/store/database.ts';
import { probeFeatures } from '../../src/store/features.ts';
import { databasePort, logPort } from '../../src/store/port.ts';
import { commands } from './commands/index.ts';
import { categoriesOf, embeddingOf, memoryConfig } from './config.ts';
import { remove } from './delete.ts';
import { storeFindings } from './findings.ts';
import { openFolders } from './folders.ts';
import { lentCorpora } from './lent-corpora.ts';
import { list } from './list.ts';
import type { MemoryPorts } from './port.ts';
import { recall } from './recall.ts';
import { openSealer } from './sealer.ts';
import { store } from './store.ts';

export const memory = defineGroup({
  name: 'memory',
  summary: 'What was learned in earlier sessions, and documents: kept, linked, found by words and meaning',
  prefixes: ['memory'],
  configKey: 'memory',
  config: memoryConfig,
  withoutConfig: true,
  howToConfigure: 'memory: { visibility: private } (it needs no section; `memory: false` takes it away)',
  routing: [
    '"have we seen this before", how it was done or decided, what is known of a host → memory_recall, before you investigate',
    '"remember that", a fix that worked, a decision → memory_store; what no longer holds is superseded, not deleted',
  ],
  requires: { database: databasePort, redactor: redactorPort, log: logPort },
  provides: [corporaPort.name],
  tools: [remove, list, recall, store],
  commands,
  // Folders are indexed and vectors made whether anybody asks or not.
  eager: true,
  async connect(config, { database, redactor, log }) {
    const sealing = openSealer(config);
    const embedding = embeddingOf(config);
    const folders = openFolders(config.documents, redactor.text, log);
    let closed = false;
    let opening: Promise<Memory> | undefined;

    const settings = {
      redact: redactor.agentText,
      sealer: sealing.sealer,
      categories: categoriesOf(config),
      defaultVisibility: config.visibility,
      now: () => new Date(),
      log,
    };

    const open = async (): Promise<Memory> => {
      const opened = await database.whenOpen();
      const engine = openMemory({ ...settings, ...(await over(opened)), embedding });
      if (!closed) folders.keepLooking(engine);
      return engine;
    };
    const engine = (): Promise<Memory> => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    };
    const ports: MemoryPorts = {
      memory: engine,
      hasEmbeddings: embedding !== undefined,
      learning: config.learning,
      variants: async () => {
        const asItIs = await engine();
        if (embedding === undefined) return { each: [{ name: 'as it is', recall: asItIs.recall }], ...nothingToLetGo };
        const lexical = openMemory({ ...settings, ...(await over(await database.whenOpen())), embedding: undefined });
        return {
          each: [
            { name: 'as it is', recall: asItIs.recall },
            { name: 'words alone', recall: lexical.recall },
            ...(embedding.rerank === undefined
              ? []
              : [{ name: 'reranked', recall: asItIs.recall, rerank: true } as const]),
          ],
          [Symbol.asyncDispose]: () => lexical[Symbol.asyncDispose](),
        };
      },
      findings: async () => [
        ...(await storeFindings(await engine(), embedding !== undefined)),
        await sealing.finding(),
        ...folders.findings(),
      ],
    };
    // Nobody waits for it here: the database opens behind the sockets.
    engine().catch(() => undefined);

    return {
      ports,
      provides: [provide(corporaPort, lentCorpora(engine))],
      probe: async () => {
        try {
          return await ports.findings();
        } catch (error) {
          if (!(error instanceof CastellanError) || error.code !== 'store-unavailable') throw error;
          // Doctor has no store of its own: the daemon's is asked by whoever wants to know more.
          return [
            { check: 'memories', status: 'pass', detail: 'kept by the daemon; `memory-tool doctor` asks it' },
            await sealing.finding(),
          ];
        }
      },
      [Symbol.asyncDispose]: async () => {
        closed = true;
        await folders[Symbol.asyncDispose]();
        await (await opening?.catch(() => undefined))?.[Symbol.asyncDispose]();
        await sealing[Symbol.asyncDispose]();
      },
    };
  },
});

const nothingToLetGo = { [Symbol.asyncDispose]: async () => undefined };

async function over(database: Database): Promise<Pick<MemoryDependencies, 'database' | 'features'>> {
  return { database, features: await probeFeatures(database) };
}
