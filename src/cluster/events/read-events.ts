import { CastellanError } from '../../kit/index.ts';
import type { ClusterReader } from '../reader.ts';
import { eventShape, readEvent, type SeenEvent } from './seen-event.ts';

export interface EventsRequest {
  readonly cluster: ClusterReader;
  /** Absent: all. Events about what is outside namespaces are in `default`. */
  readonly namespace?: string | undefined;
  readonly warningsOnly: boolean;
  readonly signal: AbortSignal;
}

/**
 * The events the API server still has. There is one store of them under two names, and each shows what was written by the
 * other; the newer is asked only where the older may not be read.
 */
export async function readEvents(request: EventsRequest): Promise<readonly SeenEvent[]> {
  const { warningsOnly } = request;
  try {
    return await list('events', request, warningsOnly ? 'type=Warning' : undefined);
  } catch (error) {
    if (!(error instanceof CastellanError) || !/^cluster-(?:forbidden|kind-unknown)$/.test(error.code)) throw error;
    const events = await list('events.events.k8s.io', request, undefined).catch(() => {
      throw error;
    });
    return events.filter(({ warning }) => warning || !warningsOnly);
  }
}

async function list(
  word: string,
  { cluster, namespace, signal }: EventsRequest,
  fieldSelector: string | undefined,
): Promise<readonly SeenEvent[]> {
  const kind = await cluster.kind(word, signal);
  const { objects } = await cluster.list(kind, { namespace, fieldSelector, shape: eventShape, signal });
  return objects.map(readEvent);
}
