import { CastellanError } from '../../kit/index.ts';
import { kindId } from '../kind.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { type Noted, noteFact } from './entry.ts';
import type { Observer } from './observer.ts';
import { observers } from './observers/index.ts';
import { createTracker } from './tracker.ts';

export interface LookRequest {
  readonly cluster: ClusterReader;
  /** Absent: all, and what is outside namespaces. */
  readonly namespace?: string | undefined;
  /** Only what these and what they made can tell. Absent: everything. */
  readonly roots?: readonly { readonly kind?: string | undefined }[] | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface Look {
  /** In no order. */
  readonly noted: readonly Noted[];
  /** Kinds that were read. */
  readonly kinds: readonly string[];
  readonly unread: readonly { readonly kindId: string; readonly why: string }[];
}

/**
 * What the objects themselves still tell of their past, without any chronicle: their last changes, with the times they
 * carry. In a chronicle the same facts have the same keys.
 */
export async function lookNow(request: LookRequest): Promise<Look> {
  const { now, roots } = request;
  const unread: { kindId: string; why: string }[] = [];
  const readings = await Promise.all(
    observersFor(roots).map(async (observer): Promise<Reading | undefined> => {
      try {
        return await read(observer, request);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        if (error.code !== 'cluster-kind-unknown') unread.push({ kindId: observer.kindId, why: error.code });
        return undefined;
      }
    }),
  );
  const tracker = createTracker([]);
  const found = readings.filter((reading) => reading !== undefined);
  return {
    noted: found
      .flatMap(({ observer, objects }) => tracker.resume(observer, objects, new Date(0)).facts)
      .map((fact) => noteFact(fact, now)),
    kinds: found.map(({ observer }) => observer.kindId),
    unread,
  };
}

interface Reading {
  readonly observer: Observer;
  readonly objects: readonly ClusterObject[];
}

async function read(observer: Observer, { cluster, namespace, signal }: LookRequest): Promise<Reading | undefined> {
  const kind = await cluster.kind(observer.kindId, signal);
  if (kindId(kind) !== observer.kindId || (namespace !== undefined && !kind.namespaced)) return undefined;
  const { objects } = await cluster.list(kind, { namespace, shape: observer.shape, signal });
  return { observer, objects };
}

/** Kinds beside its own that tell something of an object. */
const below: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['ReplicaSet', 'Pod'],
  StatefulSet: ['ControllerRevision', 'Pod'],
  DaemonSet: ['ControllerRevision', 'Pod'],
  CronJob: ['Job', 'Pod'],
  Job: ['Pod'],
};

function observersFor(roots: LookRequest['roots']): readonly Observer[] {
  if (roots === undefined || roots.some(({ kind }) => kind === undefined)) return observers;
  const kinds = new Set(roots.flatMap(({ kind = '' }) => [kind, ...(below[kind] ?? [])]));
  return observers.filter(({ kind }) => kinds.has(kind));
}
