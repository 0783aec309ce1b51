import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/**
 * The recorded Kubernetes API: what `record.ts` took from a real one, served on loopback to the real transport. It answers
 * reads the way the real one does (a contract suite runs against both) and everything else with 405. It holds Secrets on
 * purpose: a test that can make a tool show one has found a hole.
 */
export interface RecordedApi extends AsyncDisposable {
  readonly server: string;
  readonly kubeconfig: string;
  readonly token: string;
  /** Everything that was asked, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** The secret values planted in the objects, fresh in every run. */
  readonly canaries: readonly string[];
  /** The objects of a resource, to be changed before they are asked for. */
  objects(resource: string): RecordedObject[];
  /** Every list taken before is gone: 410 for its cursors. */
  forgetLists(): void;
  /** Does so by itself, once, after this many more pages of a list. */
  forgetAfter(pages: number): void;
  /** What `selfsubjectaccessreviews` answers; at first, what the read-only role gives. */
  allow: (attributes: Readonly<Record<string, string>>) => boolean;
  /** What `selfsubjectrulesreviews` answers for a namespace; at first, the shipped role and what every account may. */
  rights: (namespace: string) => Rights;
}

export interface Rights {
  readonly resourceRules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly nonResourceRules: readonly { readonly verbs: readonly string[]; readonly nonResourceURLs: readonly string[] }[];
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface RecordedObject {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

interface Collection {
  readonly path: string;
  readonly resource: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: RecordedObject[];
}

const folder = join(import.meta.dirname, 'kubernetes');
const readerRole = join(import.meta.dirname, '../../deploy/kubernetes/reader-role.yaml');

export async function openRecordedApi(): Promise<RecordedApi> {
  const files = readdirSync(folder).filter((file) => file !== 'discovery.json' && file !== 'shape.json');
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const places = texts.flatMap((text) =>
    [...text.matchAll(/\{\{canary(?:-base64)?:(\d+)\}\}/g)].map(([, index]) => Number(index)),
  );
  const canaries = Array.from({ length: Math.max(...places) + 1 }, () => randomBytes(18).toString('base64url'));
  const token = randomBytes(24).toString('base64url');
  const collections = readCollections(texts, canaries);
  const documents: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'discovery.json'), 'utf8'));
  const requests: SeenRequest[] = [];
  let version = 1_000;
  let pagesLeft = Number.POSITIVE_INFINITY;

  const rightsOfTheRole = readerRights();
  const api: Pick<RecordedApi, 'allow' | 'rights'> = {
    rights: () => rightsOfTheRole,
    allow: ({ verb = '', resource = '', subresource = '' }) =>
      ['get', 'list', 'watch'].includes(verb) && resource !== 'secrets' && ['', 'log', 'status'].includes(subresource),
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://recorded.invalid');
    if (request.headers.authorization !== `Bearer ${token}`) return failed(401, 'Unauthorized');
    if (request.method === 'POST') return review(pathname, JSON.parse(await bodyOf(request)), api);
    if (request.method !== 'GET') return failed(405, 'MethodNotAllowed');
    if (Object.hasOwn(documents, pathname)) return { code: 200, body: documents[pathname] };
    const reply = read({ collections, pathname, query: searchParams, accept: request.headers.accept ?? '', version });
    pagesLeft -= searchParams.has('limit') ? 1 : 0;
    if (pagesLeft === 0) version += 1_000;
    return reply;
  };
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const { code, body } = await answer(request).catch(() => failed(500, 'InternalError'));
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = await mkdtemp(join(tmpdir(), 'castellan-recorded-'));
  const kubeconfig = join(home, 'kubeconfig.yaml');
  await writeFile(kubeconfig, kubeconfigText(address, token), { mode: 0o600 });

  return Object.assign(api, {
    server: address,
    kubeconfig,
    token,
    requests,
    canaries,
    objects: (resource: string) => collections.find((collection) => collection.resource === resource)?.items ?? [],
    forgetLists: () => {
      version += 1_000;
    },
    forgetAfter: (pages: number) => {
      pagesLeft = pages;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  });
}

function readCollections(texts: readonly string[], canaries: readonly string[]): Collection[] {
  const fill = (text: string): string =>
    text
      .replace(/\{\{canary:(\d+)\}\}/g, (_all, index) => canaries[Number(index)] ?? '')
      .replace(/\{\{canary-base64:(\d+)\}\}/g, (_all, index) =>
        Buffer.from(canaries[Number(index)] ?? '').toString('base64'),
      );
  return texts.map((text) => {
    const { list, items } = JSON.parse(fill(text));
    return { ...list, items };
  });
}

function kubeconfigText(server: string, token: string): string {
  return JSON.stringify({
    'current-context': 'recorded',
    contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'reader' } }],
    clusters: [{ name: 'recorded', cluster: { server } }],
    users: [{ name: 'reader', user: { token } }],
  });
}

interface Read {
  readonly collections: readonly Collection[];
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly version: number;
}

function read({ collections, pathname, query, accept, version }: Read): Reply {
  const parts = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(pathname);
  const namespaced = collections.find(({ path, resource }) => path === parts?.[1] && resource === parts[3]);
  const [, , namespace, , name] = parts ?? [];
  if (namespaced === undefined) return failed(404, 'NotFound');
  const inScope = namespaced.items.filter(
    ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
  );
  if (name !== undefined) {
    const found = inScope.find(({ metadata }) => metadata.name === name);
    const kind = namespaced.kind.replace(/List$/, '');
    if (found === undefined) return failed(404, 'NotFound');
    return { code: 200, body: { kind, apiVersion: namespaced.apiVersion, ...found } };
  }
  const start = startOf(query, version);
  if (start === undefined) return failed(410, 'Expired');
  const matching = inScope.filter((object) => selected(object, query));
  const limit = Number(query.get('limit') ?? matching.length);
  const items = matching.slice(start, start + limit);
  const next = start + limit;
  const partial = accept.startsWith('application/json;as=PartialObjectMetadataList');
  const body = {
    kind: partial ? 'PartialObjectMetadataList' : namespaced.kind,
    apiVersion: partial ? 'meta.k8s.io/v1' : namespaced.apiVersion,
    metadata: {
      resourceVersion: String(version),
      ...(next < matching.length ? { continue: Buffer.from(`${version}:${next}`).toString('base64url') } : {}),
    },
    items: partial ? items.map(({ metadata }) => ({ metadata })) : items,
  };
  return { code: 200, body };
}

/** Where in the list to begin; undefined when its moment is gone. */
function startOf(query: URLSearchParams, version: number): number | undefined {
  const token = query.get('continue');
  if (token !== null) {
    const [at, start] = Buffer.from(token, 'base64url').toString('utf8').split(':');
    return at === String(version) ? Number(start) : undefined;
  }
  const exact = query.get('resourceVersionMatch') === 'Exact' ? query.get('resourceVersion') : null;
  return exact === null || exact === String(version) ? 0 : undefined;
}

function selected({ metadata }: RecordedObject, query: URLSearchParams): boolean {
  const terms = (query.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  const labelled = terms.every((term) => {
    const [, key = '', operator, value] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? ['', term];
    const actual = metadata.labels?.[key];
    if (operator === undefined) return actual !== undefined;
    return operator === '!=' ? actual !== value : actual === value;
  });
  const name = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return labelled && (name === undefined || metadata.name === name);
}

interface ReviewBody {
  readonly spec?: { readonly resourceAttributes?: Readonly<Record<string, string>>; readonly namespace?: string };
}

function review(path: string, body: ReviewBody, { allow, rights }: Pick<RecordedApi, 'allow' | 'rights'>): Reply {
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    return { code: 201, body: { status: { allowed: allow(body.spec?.resourceAttributes ?? {}) } } };
  }
  if (path === '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews') {
    const namespace = body.spec?.namespace ?? '';
    return namespace === '' ? failed(400, 'BadRequest') : { code: 201, body: { status: rights(namespace) } };
  }
  if (path === '/apis/authentication.k8s.io/v1/selfsubjectreviews') {
    const userInfo = { username: 'system:serviceaccount:castellan:reader', groups: ['system:authenticated'] };
    return { code: 201, body: { status: { userInfo } } };
  }
  return failed(404, 'NotFound');
}

/** The role Castellan is deployed with, and what Kubernetes gives every account. */
function readerRights(): Rights {
  const documents = parseAllDocuments(readFileSync(readerRole, 'utf8')).map((document) => document.toJS());
  const role = documents.find(({ kind }) => kind === 'ClusterRole');
  const own = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
  return {
    resourceRules: [
      ...role.rules,
      { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: own },
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'] },
    ],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/version', '/healthz'] }],
    incomplete: false,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

interface Reply {
  readonly code: number;
  readonly body: unknown;
}

function failed(code: number, reason: string): Reply {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code } };
}
