import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import type { Database } from '../../store/database.ts';
import type { LentDatabase } from '../../store/port.ts';
import { rootByName } from '../events/name-root.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterReader } from '../reader.ts';
import type { Entry, What } from './entry.ts';
import { eventSubject } from './event-subject.ts';
import { followKind } from './follow.ts';
import { type Gap, gapsIn } from './gaps.ts';
import type { Known } from './observer.ts';
import { observers } from './observers/index.ts';
import { type Bounds, bounds, pruneChronicle } from './prune.ts';
import { stateSubject } from './subject.ts';
import { type RootQuery, readEntries, readSpans, readStates } from './table.ts';
import { createTracker } from './tracker.ts';
import { createWriter, type Writer } from './writer.ts';

export interface Chronicle extends AsyncDisposable {
  /** Throws `store-unavailable` where there is no database. */
  read(query: ChronicleQuery): Promise<ChronicleReading>;
  /** What made an object, as far as it is followed; otherwise by its name. */
  rootOf(context: string, ref: ObjectRef): ObjectRef;
}

export interface ChronicleQuery {
  readonly context: string;
  readonly since: Date;
  readonly until: Date;
  readonly whats: readonly What[];
  /** Absent: all, and what is outside namespaces. */
  readonly namespace?: string | undefined;
  /** Only what happened to these and to what they made. */
  readonly roots?: readonly RootQuery[] | undefined;
}

export interface ChronicleReading {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** There were more, older ones. */
  readonly cut: boolean;
  /** When the first kind was first followed; undefined: none ever was. */
  readonly begins: Date | undefined;
  readonly gaps: readonly Gap[];
  /** Kinds that cannot be followed now, and why. */
  readonly unfollowed: readonly { readonly kindId: string; readonly why: string }[];
}

export interface ChronicleOptions {
  /** One for each context. */
  readonly readers: readonly ClusterReader[];
  readonly database: LentDatabase;
  readonly bounds?: Bounds;
  readonly now?: () => Date;
}

const mostEntries = 5_000;
const pruneEveryMs = 3_600_000;
const firstPruneMs = 60_000;
const beginAgainMs = 30_000;

/** Begins to follow every context as soon as the database is open. Nothing that fails ends it; disposing it does. */
export function openChronicle(options: ChronicleOptions): Chronicle {
  const { readers, database, now = () => new Date() } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const followers = readers.map((reader) => new Follower(reader, now));
  const follow = async (): Promise<void> => {
    // Where there is none, whoever reads is told so; and nobody who stops waits for one to open.
    const opened = await Promise.race([database.whenOpen().catch(() => undefined), once(signal, 'abort')]);
    if (opened === undefined || Array.isArray(opened)) return;
    await Promise.all([
      ...followers.map((follower) => follower.run(opened, signal)),
      keepPruned(opened, options.bounds ?? bounds, now, signal),
    ]);
  };
  const work = follow();

  return {
    async read(query) {
      const opened = await database.whenOpen();
      const follower = followers.find(({ context }) => context === query.context);
      await follower?.flush();
      const found = await readEntries(opened, { ...query, limit: mostEntries + 1 });
      const spans = await readSpans(opened, query.context);
      return {
        entries: found.slice(0, mostEntries),
        cut: found.length > mostEntries,
        begins: spans[0]?.from,
        gaps: gapsIn(spans, query),
        unfollowed: follower?.unfollowed() ?? [],
      };
    },
    rootOf(context, ref) {
      const follower = followers.find((one) => one.context === context);
      return follower?.known()?.rootOf(ref) ?? rootByName(ref);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await work;
    },
  };
}

/** Everything that is followed of one context. */
class Follower {
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

  unfollowed(): ChronicleReading['unfollowed'] {
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

async function keepPruned(database: Database, limits: Bounds, now: () => Date, signal: AbortSignal): Promise<void> {
  for (let wait = firstPruneMs; !signal.aborted; wait = pruneEveryMs) {
    await rest(wait, signal);
    // A database that cannot be pruned now is pruned in an hour; it says itself what is wrong with it.
    if (!signal.aborted) await pruneChronicle(database, limits, now()).catch(() => undefined);
  }
}

/** Ends early with the signal, which whoever rests looks at. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
