import { admitSecret, type SecretAllowance } from './secrets.ts';

/**
 * Which requests of a plan may reach the API server: an allow-list over the request as it was written. Nothing is decoded,
 * tidied or guessed: a path or query in which two readers could see two things is refused.
 */
export interface Asked {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  readonly contentType: string | undefined;
}

export type Admitted =
  | { readonly path: string; readonly refused?: never }
  | { readonly refused: string; readonly path?: never };

export interface Resource {
  readonly group: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export type Query = ReadonlyMap<string, string>;

/** `path` is what is sent: the same path, and a query written anew from what was understood. */
export function admit({ method, url, contentType }: Asked, secrets: readonly SecretAllowance[]): Admitted {
  const [path = '', queryText, ...more] = url.split('?');
  if (more.length > 0 || !isPlainPath(path)) return { refused: 'the path is not plain' };
  const query = readQuery(queryText);
  if (query === undefined) return { refused: 'the query is not plain' };
  const refused = why({ method, path, query, contentType }, secrets);
  return refused === undefined ? { path: path + textOf(query) } : { refused };
}

interface Understood {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly contentType: string | undefined;
}

function why(asked: Understood, secrets: readonly SecretAllowance[]): string | undefined {
  if (asked.method === 'POST') return whyNotReview(asked);
  if (asked.method === 'GET' || asked.method === 'HEAD') return whyNotRead(asked, secrets);
  if (asked.method === 'PATCH') return whyNotDryRun(asked, secrets);
  return 'a plan only reads and tries';
}

const reviews: ReadonlySet<string> = new Set([
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
]);

/** Options by which a client shapes an answer or how it is checked. None makes an answer endless: `watch` and `follow` do. */
const readOptions: ReadonlySet<string> = new Set(
  'labelSelector fieldSelector limit continue resourceVersion resourceVersionMatch timeoutSeconds timeout pretty includeObject hash'.split(
    ' ',
  ),
);
const tryOptions: ReadonlySet<string> = new Set('dryRun fieldManager force fieldValidation pretty timeout'.split(' '));

const patchTypes: ReadonlySet<string> = new Set([
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]);

const documents = /^\/(version|api|apis|openapi\/v2|openapi\/v3(\/(api\/v1|apis\/[^/]+(\/[^/]+)?|version))?)$/;

function whyNotReview({ path, query }: Understood): string | undefined {
  if (!reviews.has(path)) return 'nothing is created by a plan';
  return unknownOption(query, new Set(['timeout', 'pretty', 'fieldManager', 'fieldValidation']));
}

function whyNotRead({ path, query }: Understood, secrets: readonly SecretAllowance[]): string | undefined {
  const unknown = unknownOption(query, readOptions);
  if (unknown !== undefined) return unknown;
  if (documents.test(path)) return undefined;
  const resource = resourceOf(path);
  if (resource === undefined) return 'the path leads to no resource';
  if (resource === 'discovery') return undefined;
  return whyNotResource(resource) ?? (isSecret(resource) ? admitSecret(resource, query, secrets) : undefined);
}

function whyNotDryRun(
  { path, query, contentType }: Understood,
  secrets: readonly SecretAllowance[],
): string | undefined {
  if (query.get('dryRun') !== 'All') return 'a PATCH without dryRun=All would change something';
  const unknown = unknownOption(query, tryOptions);
  if (unknown !== undefined) return unknown;
  if (contentType === undefined || !patchTypes.has(contentType)) return 'the PATCH is of no known type';
  const resource = resourceOf(path);
  if (resource === undefined || resource === 'discovery' || resource.name === undefined) {
    return 'the path leads to no object';
  }
  if (resource.subresource !== undefined) return 'only an object itself is tried, not a part of it';
  return whyNotResource(resource) ?? (isSecret(resource) ? admitSecret(resource, query, secrets) : undefined);
}

/** On anything else a GET can start a program, open a tunnel, or stream. */
const subresources: ReadonlySet<string> = new Set(['status', 'scale']);
/** Old prefixes of the path: `/api/v1/watch/secrets` streams every Secret. */
const prefixes: ReadonlySet<string> = new Set(['watch', 'proxy', 'redirect']);

function whyNotResource({ resource, subresource }: Resource): string | undefined {
  if (prefixes.has(resource)) return `${resource} is no resource a plan needs`;
  if (subresource !== undefined && !subresources.has(subresource)) return `${subresource} is nothing a plan needs`;
  return undefined;
}

/** Under any group: an extension could serve the same objects under another. */
function isSecret({ resource }: Resource): boolean {
  return resource === 'secrets';
}

function unknownOption(query: Query, known: ReadonlySet<string>): string | undefined {
  const unknown = [...query.keys()].find((key) => !known.has(key));
  return unknown === undefined ? undefined : `the option ${unknown.slice(0, 40)} is nothing a plan needs`;
}

/** Undefined: neither a resource nor a list of what a group serves. */
function resourceOf(path: string): Resource | 'discovery' | undefined {
  const [root, ...rest] = path.slice(1).split('/');
  const lead = root === 'api' ? 1 : root === 'apis' ? 2 : undefined;
  if (lead === undefined) return undefined;
  const group = root === 'api' ? '' : (rest[0] ?? '');
  const version = rest[lead - 1];
  // `/apis/<group>`
  if (version === undefined) return rest.length > 0 ? 'discovery' : undefined;
  if (!/^v[0-9][a-z0-9]*$/.test(version)) return undefined;
  const parts = rest.slice(lead);
  if (parts.length === 0) return 'discovery';
  const namespaced = parts[0] === 'namespaces' && parts.length > 2;
  const [resource = '', name, subresource, ...deeper] = namespaced ? parts.slice(2) : parts;
  if (deeper.length > 0 || !/^[a-z][a-z0-9-]*$/.test(resource)) return undefined;
  return { group, namespace: namespaced ? parts[1] : undefined, resource, name, subresource };
}

/** No escapes, so a segment cannot hide a slash; no empty or dotted segments, so nobody resolves it to another. */
function isPlainPath(path: string): boolean {
  const [first, ...segments] = path.split('/');
  return first === '' && segments.every((segment) => /^[A-Za-z0-9._:@~-]+$/.test(segment) && !/^\.+$/.test(segment));
}

/** Each option once, its name without escapes, its value decoded. */
function readQuery(text: string | undefined): Query | undefined {
  const query = new Map<string, string>();
  if (text === undefined || text === '') return query;
  for (const pair of text.split('&')) {
    const [, key, raw] = /^([A-Za-z]{1,40})=([A-Za-z0-9._~:/,=!()+*%@-]*)$/.exec(pair) ?? [];
    if (key === undefined || raw === undefined || query.has(key)) return undefined;
    const value = decoded(raw);
    if (value === undefined) return undefined;
    query.set(key, value);
  }
  return query;
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    // An escape that is none: refused like any other query nobody can read.
    return undefined;
  }
}

function textOf(query: Query): string {
  if (query.size === 0) return '';
  return `?${[...query].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}
