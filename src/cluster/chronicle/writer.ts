import type { Database } from '../../store/database.ts';
import { earliest, latest } from '../fields.ts';
import type { Noted } from './entry.ts';
import { type Batch, type Span, type StateChange, writeBatch } from './table.ts';

/**
 * Collects what is noted and writes it together: entries a few seconds after they are noted, how far the spans have come
 * twice a minute. One write is one transaction, and a failed one is tried again with what came since.
 */
export interface Writer extends AsyncDisposable {
  note(entries: readonly Noted[], states: readonly StateChange[]): void;
  span(span: Span): void;
  /** Writes what is waiting. Rejects when the database does not take it; it goes on waiting. */
  flush(): Promise<void>;
  /** Rejects when more is waiting than may: what follows must begin again from what is written. */
  readonly overflowed: Promise<never>;
}

export interface WriterOptions {
  readonly database: Database;
  readonly context: string;
  readonly soonMs?: number;
}

const soon = 3_000;
const idleMs = 30_000;
const retryMs = 10_000;
const mostWaiting = 5_000;

export function createWriter({ database, context, soonMs = soon }: WriterOptions): Writer {
  let waiting = new Waiting();
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;
  const overflow = Promise.withResolvers<never>();
  // Whoever follows looks at it; nobody has to.
  overflow.promise.catch(() => undefined);

  const writeNext = async (): Promise<void> => {
    if (waiting.size === 0) return;
    const taken = waiting;
    waiting = new Waiting();
    try {
      await writeBatch(database, context, taken.batch());
    } catch (error) {
      waiting = taken.with(waiting);
      if (waiting.size > mostWaiting) overflow.reject(error);
      throw error;
    }
  };

  const flush = (): Promise<void> => {
    const turn = writing.then(writeNext);
    writing = turn.catch(() => undefined);
    return turn;
  };

  const schedule = (inMs: number): void => {
    const at = performance.now() + inMs;
    if (closed || at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY;
      flush().catch(() => schedule(retryMs));
    }, inMs).unref();
  };

  return {
    overflowed: overflow.promise,
    note(entries, states) {
      waiting.add(entries, states);
      if (entries.length + states.length > 0) schedule(soonMs);
    },
    span(span) {
      waiting.span(span);
      schedule(idleMs);
    },
    flush,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      await flush();
    },
  };
}

class Waiting {
  readonly #entries = new Map<string, Noted>();
  readonly #states = new Map<string, StateChange>();
  readonly #spans = new Map<string, Span>();

  get size(): number {
    return this.#entries.size + this.#states.size + this.#spans.size;
  }

  add(entries: readonly Noted[], states: readonly StateChange[]): void {
    for (const entry of entries) {
      const there = this.#entries.get(entry.key);
      this.#entries.set(entry.key, there === undefined ? entry : together(there, entry));
    }
    for (const state of states) this.#states.set(`${state.kind} ${state.namespace}/${state.name}`, state);
  }

  span(span: Span): void {
    this.#spans.set(`${span.kind} ${span.from.getTime()}`, span);
  }

  with(later: Waiting): this {
    this.add([...later.#entries.values()], [...later.#states.values()]);
    for (const span of later.#spans.values()) this.span(span);
    return this;
  }

  batch(): Batch {
    return {
      entries: [...this.#entries.values()],
      states: [...this.#states.values()],
      spans: [...this.#spans.values()],
    };
  }
}

function together(one: Noted, later: Noted): Noted {
  return {
    ...later,
    at: earliest(one.at, later.at),
    last: latest(one.last, later.last),
    notBefore: one.notBefore,
    count: one.count + later.count,
    detail: later.detail ?? one.detail,
  };
}
