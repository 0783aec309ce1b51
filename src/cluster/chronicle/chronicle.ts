import { once } from 'node:events';
import type { Database } from '../../store/database.ts';
import type { LentDatabase } from '../../store/port.ts';
import { rootByName } from '../events/name-root.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterReader } from '../reader.ts';
import type { Entry, What } from './entry.ts';
import { Follower, rest, type Unfollowed } from './follower.ts';
import { type Gap, gapsIn } from './gaps.ts';
import { type Bounds, bounds, pruneChronicle } from './prune.ts';
import { type RootQuery, readEntries, readSpans } from './table.ts';

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
  readonly unfollowed: readonly Unfollowed[];
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

async function keepPruned(database: Database, limits: Bounds, now: () => Date, signal: AbortSignal): Promise<void> {
  for (let wait = firstPruneMs; !signal.aborted; wait = pruneEveryMs) {
    await rest(wait, signal);
    // A database that cannot be pruned now is pruned in an hour; it says itself what is wrong with it.
    if (!signal.aborted) await pruneChronicle(database, limits, now()).catch(() => undefined);
  }
}
