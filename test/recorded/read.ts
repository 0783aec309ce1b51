import { type Collection, placeOf, type RecordedObject } from './collections.ts';
import type { History } from './history.ts';
import { failed, type Reply } from './reply.ts';
import { selectionOf } from './selection.ts';

export interface Read {
  readonly collection: Collection;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly history: History;
}

/** One object or a page of a list: whole, as metadata alone, or as the table the server prints. */
export function read(request: Read): Reply {
  return request.name === undefined ? list(request) : get(request);
}

export function inNamespace(items: readonly RecordedObject[], namespace: string | undefined): RecordedObject[] {
  return items.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
}

function get({ collection, namespace, name, accept }: Read): Reply {
  const found = inNamespace(collection.items, namespace).find(({ metadata }) => metadata.name === name);
  if (found === undefined) return failed(404, 'NotFound');
  if (asTable.test(accept)) return { code: 200, body: tableOf(collection, [found], {}) };
  return { code: 200, body: whole(collection, found) };
}

/** In a list, the server leaves out what the list says for all. */
export function whole(collection: Collection, object: RecordedObject): RecordedObject {
  return { ...typeOf(collection), ...object };
}

/** What the server sends of an object of which only the metadata is asked for. */
export function partial({ metadata }: RecordedObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

export function typeOf({ kind, apiVersion }: Collection): { readonly kind: string; readonly apiVersion: string } {
  return { kind: kind.replace(/List$/, ''), apiVersion };
}

function list({ collection, namespace, query, accept, history }: Read): Reply {
  const start = startOf(query, history);
  if (start === undefined) return failed(410, 'Expired');
  const selects = selectionOf(collection, query);
  if (selects === undefined) return failed(400, 'BadRequest');
  const matching = inNamespace(collection.items, namespace).filter(selects);
  const limit = Number(query.get('limit') ?? matching.length);
  const items = matching.slice(start, start + limit);
  const next = start + limit;
  const metadata = {
    resourceVersion: String(history.version),
    ...(next < matching.length ? { continue: Buffer.from(`${history.version}:${next}`).toString('base64url') } : {}),
  };
  if (asTable.test(accept)) return { code: 200, body: tableOf(collection, items, metadata) };
  if (asMetadata.test(accept)) {
    const parts = items.map((item) => ({ metadata: item.metadata }));
    const body = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: parts };
    return { code: 200, body };
  }
  const { kind, apiVersion } = collection;
  return { code: 200, body: { kind, apiVersion, metadata, items } };
}

const asTable = /^application\/json;as=Table;/;
const asMetadata = /^application\/json;as=PartialObjectMetadataList/;

/** Where in the list to begin; undefined when its moment is gone. */
function startOf(query: URLSearchParams, history: History): number | undefined {
  const token = query.get('continue');
  if (token !== null) {
    const [at, start] = Buffer.from(token, 'base64url').toString('utf8').split(':');
    return history.remembers(Number(at)) ? Number(start) : undefined;
  }
  const exact = query.get('resourceVersionMatch') === 'Exact' ? query.get('resourceVersion') : null;
  return exact === null || history.remembers(Number(exact)) ? 0 : undefined;
}

/** An object that was not there when the lab was recorded has a name and no other cell. */
function tableOf({ printed }: Collection, items: readonly RecordedObject[], metadata: object): object {
  const { columns: columnDefinitions, cells } = printed;
  const rows = items.map((item) => {
    const recorded = cells[placeOf(item)] ?? [item.metadata.name];
    return { cells: columnDefinitions.map((_, index) => recorded[index] ?? null), object: partial(item) };
  });
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}
