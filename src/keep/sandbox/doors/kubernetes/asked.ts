/**
 * A request as it was written, understood. Nothing is decoded, tidied or guessed: a path or query in which two readers could see
 * two things is none.
 */
export interface Asked {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  readonly contentType: string | undefined;
}

export interface Resource {
  readonly group: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export type Query = ReadonlyMap<string, string>;

export interface Understood {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly contentType: string | undefined;
}

export type Admitted =
  | { readonly path: string; readonly refused?: never }
  | { readonly refused: string; readonly path?: never };

/** `why` names what is not admitted. `path` is what is sent: the same path, and a query written anew from what was understood. */
export function admitBy({ method, url, contentType }: Asked, why: (asked: Understood) => string | undefined): Admitted {
  const [path = '', queryText, ...more] = url.split('?');
  if (more.length > 0 || !isPlainPath(path)) return { refused: 'the path is not plain' };
  const query = readQuery(queryText);
  if (query === undefined) return { refused: 'the query is not plain' };
  const refused = why({ method, path, query, contentType });
  return refused === undefined ? { path: path + textOf(query) } : { refused };
}

/** Undefined: neither a resource nor a list of what a group serves. */
export function resourceOf(path: string): Resource | 'discovery' | undefined {
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
