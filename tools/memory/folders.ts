import { type FileState, indexFolder } from '../../memory/corpus/folder.ts';
import type { Memory, MemoryDependencies } from '../../memory/engine.ts';
import { counted } from '../../src/cluster/index.ts';
import { CastellanError, type ProbeFinding, type Redact } from '../../src/kit/index.ts';

/** Folders of documents, each kept as a corpus: looked at when memory opens, and every ten minutes. */
export interface Folders extends AsyncDisposable {
  /** One look at all of them. What one is like keeps no other out. */
  look(memory: Memory): Promise<void>;
  /** Looks now, and again and again. */
  keepLooking(memory: Memory): void;
  findings(): readonly ProbeFinding[];
}

export interface FolderOfDocuments {
  readonly name: string;
  readonly path: string;
  readonly glob?: string | undefined;
}

type Log = Pick<MemoryDependencies['log'], 'warn'>;

const everyMs = 10 * 60_000;
const mostNamed = 3;

export function openFolders(folders: readonly FolderOfDocuments[], redact: Redact, log: Log): Folders {
  const found = new Map<string, ProbeFinding>();
  const known = new Map(folders.map(({ name }) => [name, new Map<string, FileState>()] as const));
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  const look = async (memory: Memory): Promise<void> => {
    for (const { name, path, glob } of folders) {
      if (ending.signal.aborted) return;
      const looked = { redact, log, known: known.get(name) ?? new Map(), signal: ending.signal };
      found.set(name, await lookAt(memory, { name, path, glob }, looked));
    }
  };

  return {
    look,
    keepLooking(memory) {
      if (folders.length === 0 || ending.signal.aborted) return;
      looking = look(memory).finally(() => {
        if (ending.signal.aborted) return;
        timer = setTimeout(() => this.keepLooking(memory), everyMs).unref();
      });
    },
    findings: () =>
      folders.map(
        ({ name }) =>
          found.get(name) ?? {
            check: `documents: ${name}`,
            status: 'unknown',
            detail: 'not looked at yet',
            next: 'ask again in a moment',
          },
      ),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

async function lookAt(
  memory: Memory,
  { name, path, glob }: FolderOfDocuments,
  {
    redact,
    log,
    known,
    signal,
  }: {
    readonly redact: Redact;
    readonly log: Log;
    readonly known: Map<string, FileState>;
    readonly signal: AbortSignal;
  },
): Promise<ProbeFinding> {
  const check = `documents: ${name}`;
  try {
    const corpus = memory.corpora.open(name);
    const { files, passedOver } = await indexFolder(corpus, path, {
      redact,
      known,
      signal,
      ...(glob === undefined ? {} : { glob }),
    });
    const detail = `${counted(files, 'file')} of ${path}`;
    if (passedOver.length === 0) return { check, status: 'pass', detail };
    const named = passedOver.slice(0, mostNamed).map((one) => `${one.path} (${one.why})`);
    const more = passedOver.length > mostNamed ? `, and ${passedOver.length - mostNamed} more` : '';
    return {
      check,
      status: 'unknown',
      detail: `${detail}; not read: ${named.join(', ')}${more}`,
      next: 'nothing of those is found; make them readable, or narrow `glob`',
    };
  } catch (error) {
    if (signal.aborted) return { check, status: 'unknown', detail: 'the daemon was stopping', next: 'ask again' };
    const isOurs = error instanceof CastellanError;
    if (!isOurs) log.warn({ err: error, folder: name }, 'documents.unread');
    return {
      check,
      status: 'fail',
      detail: isOurs ? error.message : `${path} could not be indexed`,
      next: isOurs ? error.next : 'see the log of the daemon',
    };
  }
}
