import { CastellanError } from '../kit/index.ts';
import { type Kind, kindId } from './kind.ts';
import type { ClusterObject, ClusterReader, ListOptions } from './reader.ts';

/** Objects of several kinds. What the credential may not read is named: nobody may conclude that it is not there. */
export interface KindsReading {
  readonly found: readonly KindObjects[];
  /** By their ids: `cronjobs.batch`. */
  readonly unread: readonly string[];
}

export interface KindObjects {
  readonly kind: Kind;
  readonly objects: readonly ClusterObject[];
}

/** The kind of an id, `deployments.apps`; undefined when the API server does not serve it: that is measured, and no failure. */
export async function servedKind(
  cluster: Pick<ClusterReader, 'kind'>,
  id: string,
  signal: AbortSignal,
): Promise<Kind | undefined> {
  try {
    const kind = await cluster.kind(id, signal);
    // A kind of this plural in another group is not the one meant.
    return kindId(kind) === id ? kind : undefined;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'cluster-kind-unknown') return undefined;
    throw error;
  }
}

/** Reads the kinds that the API server serves, at once; the others of `wanted` (by their ids) are left out. */
export async function readKinds(
  cluster: ClusterReader,
  wanted: Readonly<Record<string, Omit<ListOptions, 'signal'>>>,
  signal: AbortSignal,
): Promise<KindsReading> {
  const served = new Map<string, Kind>();
  // A group lists the version it prefers first.
  for (const kind of await cluster.kinds(signal)) if (!served.has(kindId(kind))) served.set(kindId(kind), kind);
  const unread: string[] = [];
  const readings = await Promise.all(
    Object.entries(wanted).map(async ([id, options]): Promise<KindObjects | undefined> => {
      const kind = served.get(id);
      if (kind === undefined) return undefined;
      try {
        return { kind, objects: (await cluster.list(kind, { ...options, signal })).objects };
      } catch (error) {
        if (!(error instanceof CastellanError) || error.code !== 'cluster-forbidden') throw error;
        unread.push(id);
        return undefined;
      }
    }),
  );
  return { found: readings.filter((reading) => reading !== undefined), unread };
}
