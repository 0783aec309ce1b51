import type { ServerResponse } from 'node:http';
import type { Collection, RecordedObject } from './collections.ts';
import type { Change, History } from './history.ts';
import { inNamespace, partial, typeOf, whole } from './read.ts';
import { failed, type Reply } from './reply.ts';
import { selectionOf } from './selection.ts';

export interface Watch {
  readonly collection: Collection;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly history: History;
  readonly response: ServerResponse;
}

/**
 * Streams what happens, a line an event: first what is there (without a version) or what happened since it, then changes as
 * they come, a bookmark before the end. A version that is forgotten gets one ERROR event inside a 200, as the real one does.
 * The reply is undefined once the stream has begun.
 */
export function watch({ collection, namespace, query, accept, history, response }: Watch): Reply | undefined {
  const selects = selectionOf(collection, query);
  const seconds = query.get('timeoutSeconds') ?? '60';
  if (selects === undefined || !/^\d+$/.test(seconds)) return failed(400, 'BadRequest');
  const seen = (object: RecordedObject): object =>
    asMetadata.test(accept) ? partial(object) : whole(collection, object);
  const send = (type: string, object: unknown): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const meant = (object: RecordedObject | undefined): boolean =>
    object !== undefined && inNamespace([object], namespace).length > 0 && selects(object);
  const tell = (change: Change): void => {
    if (change.collection !== collection) return;
    const type = typeFor(change, meant);
    if (type !== undefined) send(type, seen(change.object));
  };
  const since = query.get('resourceVersion') ?? '';
  if (since === '' || since === '0') {
    for (const object of collection.items.filter(meant)) send('ADDED', seen(object));
  } else if (history.remembers(Number(since))) {
    for (const change of history.since(Number(since))) tell(change);
  } else {
    send('ERROR', failed(410, 'Expired').body);
    response.end();
    return undefined;
  }
  const deaf = history.listen(tell);
  const end = setTimeout(() => {
    const metadata = { resourceVersion: String(history.version) };
    if (query.has('allowWatchBookmarks')) send('BOOKMARK', { ...typeOf(collection), metadata });
    response.end();
  }, Number(seconds) * 1_000);
  response.once('close', () => {
    deaf();
    clearTimeout(end);
  });
  return undefined;
}

const asMetadata = /^application\/json;as=PartialObjectMetadata;/;

/** An object that comes to be meant by a selector is added to its watch, one that ceases to be is deleted from it. */
function typeFor(
  { type, object, before }: Change,
  meant: (object: RecordedObject | undefined) => boolean,
): string | undefined {
  const [is, was] = [type !== 'DELETED' && meant(object), meant(before)];
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}
