import { randomBytes } from 'node:crypto';
import { createRedactor } from '../../src/redaction/index.ts';
import type { Database } from '../../src/store/database.ts';
import type { Features } from '../../src/store/features.ts';
import { openStore, type Store, type StoreConfig, takeStoreLock } from '../../src/store/open.ts';
import { standardCategories } from '../categories.ts';
import type { Memory, MemoryDependencies } from '../engine.ts';
import type { Actor } from '../entry.ts';
import { openMemory } from '../open.ts';

/** Memory as a daemon has it, and a writer whose every step is told before it is taken and after it is acknowledged. */
export interface Keeper extends AsyncDisposable {
  readonly memory: Memory;
  readonly database: Database;
}

export const by: Actor = { human: 'human:robin', agent: 'agent:keeper' };

const quiet: MemoryDependencies['log'] = { warn: () => undefined };

/** Without embeddings and without anybody to seal for. */
export function memoryOver(database: Database, features: Features, log: MemoryDependencies['log'] = quiet): Memory {
  return openMemory({
    database,
    features,
    redact: createRedactor().agentText,
    sealer: undefined,
    embedding: undefined,
    categories: standardCategories,
    defaultVisibility: 'private',
    now: () => new Date(),
    log,
  });
}

/** Errors: as `openStore`, and `data-locked`. */
export async function openKeeper(home: string): Promise<Keeper> {
  const config: StoreConfig = {
    home,
    database: { kind: 'embedded', directory: `${home}/database` },
    backup: { everyHours: 0, keep: 1 },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const lock = takeStoreLock(config, { socket: `${home}/agent.sock`, build: 'test' });
  const store: Store = await openStore({ config, build: 'test', log, lock });
  const memory = memoryOver(store.database, store.features);
  return {
    memory,
    database: store.database,
    [Symbol.asyncDispose]: async () => {
      await memory[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

/** One line of a writer. `will`: it is about to be; else it is, and was acknowledged. */
export interface Step {
  readonly will?: true;
  /** Absent of what is about to be stored. */
  readonly id?: number;
  /** Absent: removed. */
  readonly content?: string;
}

const words = 'valve pump gate tower well cellar attic shelf cable fan battery mast pier lamp boiler chimney'.split(
  ' ',
);

/** A text with a word that no other has, at its end. */
export function drawText(): string {
  const drawn = Array.from(randomBytes(20), (byte) => words[byte % words.length]);
  return `The ${drawn.join(' ')} is told apart by ${markOf(randomBytes(9).toString('hex'))}`;
}

/** Letters only: a word, and no identifier. */
function markOf(hex: string): string {
  return `mark${hex.replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')}`;
}

export function questionAbout(content: string): string {
  return content.split(' ').at(-1) ?? '';
}

/** Stores, changes and removes for ever, or `turns` times. */
export async function keepWriting(
  memory: Memory,
  tell: (step: Step) => void,
  turns = Number.POSITIVE_INFINITY,
): Promise<void> {
  const own: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const content = drawText();
    const old = own[turn % own.length];
    if (turn % 5 === 3 && old !== undefined) {
      tell({ will: true, id: old, content });
      await memory.update(old, { content, keywords: 'changed' }, by, { force: true });
      tell({ id: old, content });
    } else if (turn % 7 === 5 && old !== undefined) {
      own.splice(own.indexOf(old), 1);
      tell({ will: true, id: old });
      await memory.remove([old], by);
      tell({ id: old });
    } else {
      tell({ will: true, content });
      const { id } = await memory.store({ content, tags: ['kept'], session: `of-${turn % 3}` }, by, { force: true });
      own.push(id);
      tell({ id, content });
    }
  }
}

/** What a memory must hold after these steps, of one writer or of several; what does not fit. */
export async function faultsAgainst(memory: Memory, steps: readonly Step[]): Promise<readonly string[]> {
  const acknowledged = new Map<number, string | undefined>();
  const begun = new Map<number, string | undefined>();
  for (const { will, id, content } of steps) {
    if (id === undefined) continue;
    if (will) begun.set(id, content);
    else {
      acknowledged.set(id, content);
      begun.delete(id);
    }
  }
  const faults: string[] = [];
  for (const [id, content] of acknowledged) {
    const [kept] = await memory.get([id], by);
    const is = kept === undefined || kept.entry.deletedAt !== undefined ? undefined : kept.entry.content;
    const may = begun.has(id) ? [content, begun.get(id)] : [content];
    if (kept === undefined) faults.push(`${id} is gone`);
    else if (!may.includes(is)) faults.push(`${id} is ${is ?? 'removed'}, not ${content ?? 'removed'}`);
    else if (is !== undefined) {
      const { hits } = await memory.recall({ query: questionAbout(is), limit: 1 }, by, AbortSignal.timeout(30_000));
      const [hit] = hits;
      if (hit?.kind !== 'memory' || hit.entry.id !== id) faults.push(`${id} is not found by its own word`);
    }
  }
  return faults;
}
