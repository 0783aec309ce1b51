import { setTimeout as pause } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import type { Kind } from '../kind.ts';
import type { ClusterObject, ClusterReader, ListOptions } from '../reader.ts';
import type { Shape } from '../shape.ts';

export interface FollowRequest extends Pick<ListOptions, 'namespace' | 'selector' | 'fieldSelector'> {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  readonly shape: Shape;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** After these the list is read again; any other error ends the following. */
const passing = new Set([
  'cluster-deadline',
  'cluster-failing',
  'cluster-list-expired',
  'cluster-throttled',
  'cluster-unreachable',
]);

const pauseMs = 1_000;

/**
 * The objects of a selection as they are, and again at each change, by `namespace/name`: a list, then a watch from its
 * version on. What cannot be read for a moment is told as an error and read again; it ends when the signal says so.
 */
export async function* follow(
  request: FollowRequest,
): AsyncGenerator<ReadonlyMap<string, ClusterObject> | CastellanError> {
  const { cluster, kind, seconds: asked, signal, ...selection } = request;
  // The API server takes whole seconds only.
  const seconds = Math.ceil(asked);
  while (!signal.aborted) {
    try {
      const { objects, resourceVersion } = await cluster.list(kind, { ...selection, signal });
      const here = new Map(objects.map((object) => [placeOf(object), object]));
      yield here;
      for await (const event of cluster.watch(kind, { ...selection, resourceVersion, seconds, signal })) {
        if (event.type === 'bookmark') continue;
        if (event.type === 'deleted') here.delete(placeOf(event.object));
        else here.set(placeOf(event.object), event.object);
        yield here;
      }
    } catch (error) {
      if (!(error instanceof CastellanError) || !passing.has(error.code)) throw error;
      yield error;
      await pause(pauseMs, undefined, { signal });
    }
  }
}

function placeOf({ namespace, name }: ClusterObject): string {
  return `${namespace}/${name}`;
}
