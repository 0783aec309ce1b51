import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import { clusterError } from './errors.ts';
import { at, numberAt, textAt } from './fields.ts';
import type { Kind } from './kind.ts';
import { isMetadataAlone, objectOf, targetOf, wholeShape } from './list.ts';
import type { WatchEvent, WatchOptions } from './reader.ts';
import { pick } from './shape.ts';
import { splitLines } from './transport/split-lines.ts';
import type { Transport } from './transport/transport.ts';
import type { ObjectRedactor } from './withholding/object-redactor.ts';

/** An object of etcd has at most 1.5 MB; one that is cut does not parse, and says so. */
const longestEvent = 8 * 1024 * 1024;

const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

const eventShape = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
});

const types = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** Follows a kind from one version of it on: a GET whose answer comes a line an event. */
export async function* watchKind(
  transport: Transport,
  redactor: ObjectRedactor,
  kind: Kind,
  { namespace, selector, fieldSelector, resourceVersion, shape, seconds, signal }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const wanted = wholeShape(shape);
  const accept = isMetadataAlone(shape) ? metadataOnly : undefined;
  const query = { resourceVersion, labelSelector: selector, fieldSelector, timeoutSeconds: seconds };
  for await (const line of splitLines(
    transport.watch(targetOf(kind, namespace), query, signal, accept),
    longestEvent,
  )) {
    const event = parseEvent(line);
    if (event.type === 'ERROR') throw failed(event.object);
    const version = textAt(at(event.object, 'metadata'), 'resourceVersion') ?? '';
    if (event.type === 'BOOKMARK') yield { type: 'bookmark', resourceVersion: version };
    else {
      const object = objectOf(kind, pick(event.object, wanted), redactor);
      yield { type: types[event.type], object, resourceVersion: version };
    }
  }
}

function parseEvent(line: string): z.infer<typeof eventShape> {
  try {
    return eventShape.parse(JSON.parse(line));
  } catch (cause) {
    throw clusterError('cluster-answer-unreadable', {
      message: 'the API server sent an event of a watch that is not one',
      next: 'check that the kubeconfig names an API server and not something in front of it',
      cause,
    });
  }
}

function failed(status: JsonObject): Error {
  const code = numberAt(status, 'code');
  return code === 410
    ? clusterError('cluster-list-expired', {
        message: 'the version the watch was to go on from is gone',
        next: 'list again and watch from there',
      })
    : clusterError('cluster-failing', {
        message: `the API server ended a watch with ${code ?? 'an error without a code'}`,
        next: 'list again and watch from there',
      });
}
