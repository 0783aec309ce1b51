import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Collection, collectionNamed, type Printed, type RecordedObject, readRecording } from './collections.ts';
import { type ChangeType, History } from './history.ts';
import { collectionName } from './kinds.ts';
import { logOf } from './logs.ts';
import { inNamespace, read, typeOf } from './read.ts';
import { failed, type Reply } from './reply.ts';
import { type Access, readerAccess, review } from './review.ts';
import { watch } from './watch.ts';

export type { RecordedObject } from './collections.ts';
export type { Rights } from './review.ts';

/**
 * The recorded Kubernetes API: what `record.ts` took from a real one, served on loopback to the real transport. It answers
 * reads the way the real one does (a contract suite runs against both) and everything else with 405. It holds Secrets on
 * purpose: a test that can make a tool show one has found a hole.
 */
export interface RecordedApi extends AsyncDisposable, Access {
  readonly server: string;
  readonly kubeconfig: string;
  readonly token: string;
  /** When the lab was recorded. */
  readonly at: Date;
  /** Everything that was asked, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** The secret values planted in the objects and logs, fresh in every run. */
  readonly canaries: readonly string[];
  /** The objects of `pods` or `pods.metrics.k8s.io`, to be changed before they are asked for; nobody who watches hears of it. */
  objects(resource: string): RecordedObject[];
  /** The name of each resource that is served: what `objects` takes. */
  readonly resources: readonly string[];
  /** The kind of a resource's objects: `Pod`. */
  kindOf(resource: string): string;
  /** Changes an object so that whoever watches hears of it. */
  change(resource: string, type: ChangeType, object: RecordedObject): void;
  /** How many watches are open. */
  readonly watches: number;
  /** Ends every open watch, as a server does that restarts. */
  closeWatches(): void;
  /** What a container printed: lines of `RFC3339Nano text`, oldest first. */
  log(place: LogPlace, lines: readonly string[]): void;
  /** What the server prints of a resource, to be changed before it is asked for. */
  printed(resource: string): Printed;
  /** As if what serves this group had never been installed. */
  withdraw(group: string): void;
  /** As if somebody had installed a kind just now; it has no objects yet. */
  install(kind: InstalledKind): void;
  /** The status a read is refused with; undefined lets it pass. */
  refuse: (asked: Asked) => number | undefined;
  /** Every list taken before is gone: 410 for its cursors, and for watches from its version on. */
  forgetLists(): void;
  /** Does so by itself, once, after this many more pages of a list. */
  forgetAfter(pages: number): void;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface LogPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous?: boolean;
}

export interface Asked {
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly watch: boolean;
}

export interface InstalledKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

export async function openRecordedApi(): Promise<RecordedApi> {
  const recording = readRecording();
  const { collections, logs, documents } = recording;
  const token = randomBytes(24).toString('base64url');
  const history = new History(collections);
  const requests: SeenRequest[] = [];
  let pagesLeft = Number.POSITIVE_INFINITY;
  const watches = new Set<ServerResponse>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> => {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://recorded.invalid');
    if (request.headers.authorization !== `Bearer ${token}`) return failed(401, 'Unauthorized');
    if (request.method === 'POST') return review(pathname, JSON.parse(await bodyOf(request)), api);
    if (request.method !== 'GET') return failed(405, 'MethodNotAllowed');
    for (const fixed of [documents, recording.schemas]) {
      if (Object.hasOwn(fixed, pathname)) return { code: 200, body: fixed[pathname] };
    }
    const { base, group = '', namespace, resource = '', name, subresource } = path.exec(pathname)?.groups ?? {};
    const collection = collections.find((one) => one.path === base && one.resource === resource);
    if (collection === undefined) return failed(404, 'NotFound');
    const accept = request.headers.accept ?? '';
    const watching = query.get('watch') === 'true' && name === undefined;
    const refused = api.refuse({ group, resource, namespace, name, subresource, watch: watching });
    if (refused !== undefined) return failed(refused, refused === 403 ? 'Forbidden' : 'InternalError');
    if (subresource === 'log') {
      const pod = inNamespace(collection.items, namespace).find(({ metadata }) => metadata.name === name);
      return logOf(pod, query, logs);
    }
    if (watching) {
      watches.add(response);
      response.once('close', () => watches.delete(response));
      return watch({ collection, namespace, query, accept, history, response });
    }
    const reply = read({ collection, namespace, name, query, accept, history });
    pagesLeft -= query.has('limit') ? 1 : 0;
    if (pagesLeft === 0) history.forget();
    return reply;
  };
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const reply = await answer(request, response).catch(() => failed(500, 'InternalError'));
    if (reply === undefined) return;
    const [type, body] =
      typeof reply.body === 'string' ? ['text/plain', reply.body] : ['application/json', JSON.stringify(reply.body)];
    response.writeHead(reply.code, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = await mkdtemp(join(tmpdir(), 'castellan-recorded-'));
  const kubeconfig = join(home, 'kubeconfig.yaml');
  await writeFile(kubeconfig, kubeconfigText(address, token), { mode: 0o600 });

  const named = (resource: string): Collection => {
    const collection = collectionNamed(collections, resource);
    if (collection === undefined) throw new Error(`${resource} is not recorded`);
    return collection;
  };
  const api: RecordedApi = {
    ...readerAccess(),
    refuse: () => undefined,
    server: address,
    kubeconfig,
    token,
    at: recording.at,
    requests,
    canaries: recording.canaries,
    get watches() {
      return watches.size;
    },
    closeWatches: () => {
      for (const response of watches) response.end();
    },
    objects: (resource) => named(resource).items,
    get resources() {
      return collections.map(({ path: base, resource }) => collectionName(base, resource));
    },
    kindOf: (resource) => typeOf(named(resource)).kind,
    change: (resource, type, object) => history.change(named(resource), type, object),
    log: ({ namespace, pod, container, previous }, lines) => {
      (previous === true ? logs.previous : logs.now)[`${namespace}/${pod}/${container}`] = lines;
    },
    printed: (resource) => named(resource).printed,
    withdraw: (group) => {
      const gone = collections.filter(({ path: base }) => base.startsWith(`/apis/${group}/`));
      for (const collection of gone) collections.splice(collections.indexOf(collection), 1);
      documents['/apis'] = withoutGroup(documents['/apis'], group);
    },
    install: (installed) => {
      collections.push(emptyCollection(installed));
      documents['/apis'] = withKind(documents['/apis'], installed);
    },
    forgetLists: () => history.forget(),
    forgetAfter: (pages) => {
      pagesLeft = pages;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
  return api;
}

/** `/apis/apps/v1/namespaces/web/deployments/server`, with what is absent left out. */
const path =
  /^(?<base>\/api\/v1|\/apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>log|status))?)?$/;

function kubeconfigText(server: string, token: string): string {
  return JSON.stringify({
    'current-context': 'recorded',
    contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'reader' } }],
    clusters: [{ name: 'recorded', cluster: { server } }],
    users: [{ name: 'reader', user: { token } }],
  });
}

const groups = z.looseObject({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

function withoutGroup(discovery: unknown, group: string): unknown {
  const { items, ...rest } = groups.parse(discovery);
  return { ...rest, items: items.filter(({ metadata }) => metadata.name !== group) };
}

function withKind(discovery: unknown, { group, version, kind, resource, namespaced }: InstalledKind): unknown {
  const { items, ...rest } = groups.parse(discovery);
  const entry = {
    resource,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.toLowerCase(),
    verbs: ['get', 'list', 'watch'],
  };
  const versions = [{ version, resources: [entry], freshness: 'Current' }];
  return { ...rest, items: [...items, { metadata: { name: group }, versions }] };
}

function emptyCollection({ group, version, kind, resource }: InstalledKind): Collection {
  const columns = [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }];
  return {
    path: `/apis/${group}/${version}`,
    resource,
    kind: `${kind}List`,
    apiVersion: `${group}/${version}`,
    items: [],
    printed: { columns, cells: {} },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
