import { setTimeout as sleep } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import type { Database } from '../../store/database.ts';
import type { ClusterReader } from '../reader.ts';
import { eventSubject } from './event-subject.ts';
import { followKind } from './follow.ts';
import type { Known } from './observer.ts';
import { observers } from './observers/index.ts';
import { stateSubject } from './subject.ts';
import { readSpans, readStates } from './table.ts';
import { createTracker } from './tracker.ts';
import { createWriter, type Writer } from './writer.ts';

/** A kind that cannot be followed now, and why. */
export interface Unfollowed {
  readonly kindId: string;
  readonly why: string;
}

const beginAgainMs = 30_000;

/** Everything that is followed of one context. */
export class Follower {
  readonly context: string;
  readonly #reader: ClusterReader;
  readonly #now: () => Date;
  readonly #failing = new Map<string, string>();
  #writer: Writer | undefined;
  #known: Known | undefined;

  constructor(reader: ClusterReader, now: () => Date) {
    this.context = reader.context;
    this.#reader = reader;
    this.#now = now;
  }

  async run(database: Database, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(database, signal);
      } catch (error) {
        // What is in memory no longer fits what is written: it begins again from that.
        this.#report('everything', error);
      }
      await rest(beginAgainMs, signal);
    }
  }

  async flush(): Promise<void> {
    await this.#writer?.flush();
  }

  known(): Known | undefined {
    return this.#known;
  }

  unfollowed(): readonly Unfollowed[] {
    return [...this.#failing].map(([kindId, why]) => ({ kindId, why }));
  }

  async #follow(database: Database, stopping: AbortSignal): Promise<void> {
    const states = await readStates(database, this.context);
    const last = new Map((await readSpans(database, this.context)).map((span) => [span.kind, span]));
    const tracker = createTracker(states);
    const subjects = [...observers.map((observer) => stateSubject(observer, tracker)), eventSubject(tracker.known)];
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping, ended.signal]);
    await using writer = createWriter({ database, context: this.context });
    this.#writer = writer;
    this.#known = tracker.known;
    this.#failing.delete('everything');
    const following: Promise<void>[] = [];
    const everything = async (): Promise<void> => {
      for (const subject of subjects) {
        const begun = Promise.withResolvers<void>();
        const work = followKind({
          reader: this.#reader,
          subject,
          writer,
          last: last.get(subject.kindId),
          signal,
          now: this.#now,
          report: (error) => this.#report(subject.kindId, error),
          begun: begun.resolve,
        });
        following.push(work);
        // The next may need to know whose its objects are.
        await Promise.race([begun.promise, work]);
      }
      await Promise.all(following);
    };
    try {
      await Promise.race([everything(), writer.overflowed]);
    } finally {
      ended.abort();
      await Promise.all(following);
      this.#writer = undefined;
    }
  }

  #report(kindId: string, error: unknown): void {
    const why = whyOf(error);
    if (why === undefined) this.#failing.delete(kindId);
    else this.#failing.set(kindId, why);
  }
}

/** A kind that is not installed has nothing to be followed. */
function whyOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof CastellanError)) return 'Castellan failed on it';
  return error.code === 'cluster-kind-unknown' ? undefined : error.code;
}

/** Ends early with the signal, which whoever rests looks at. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
