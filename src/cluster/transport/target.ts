import { clusterError } from '../errors.ts';

/**
 * What may be asked of the API server, as data. A request is never made from text: `pathOf` builds its path from checked
 * segments, and the transport takes targets only.
 *
 *  resource   a collection, an object, or one of three subresources of an object
 *  document   one of a few fixed paths
 *  schema     the OpenAPI document of one group and version
 *  review     a question about the caller's own rights: the only thing that is ever posted
 */
export type Target = ResourceTarget | DocumentTarget | SchemaTarget;

export interface ResourceTarget {
  readonly kind: 'resource';
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural and lowercase, as in the path. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

export interface DocumentTarget {
  readonly kind: 'document';
  readonly document: keyof typeof documents;
}

export interface SchemaTarget {
  readonly kind: 'schema';
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
}

const documents = { version: '/version', 'core-discovery': '/api', 'group-discovery': '/apis' } as const;

const reviews = {
  access: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  rules: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  self: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
} as const;

export type Review = keyof typeof reviews;

/** GET on any other subresource can start a program, open a tunnel or mint a token. */
const subresources: ReadonlySet<string> = new Set(['log', 'status', 'scale']);

/** Not resources but old prefixes of the path: `/api/v1/watch/secrets` streams every Secret. */
const prefixes: ReadonlySet<string> = new Set(['watch', 'proxy', 'redirect']);

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const version = /^v[0-9][a-z0-9]{0,30}$/;
/** Some kinds (roles, for one) allow colons, underscores and capitals in names. */
const objectName = /^[A-Za-z0-9]([-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/;

/** The path of a target, or `cluster-request-refused` / `cluster-secret-refused`. */
export function pathOf(target: Target): string {
  if (target.kind === 'document') {
    if (!Object.hasOwn(documents, target.document)) throw refused('document', target.document);
    return documents[target.document];
  }
  const { group } = target;
  if (group !== '') check('API group', group, dnsSubdomain);
  check('API version', target.version, version);
  if (target.kind === 'schema') return `/openapi/v3/${group === '' ? 'api' : `apis/${group}`}/${target.version}`;
  const { namespace, resource, name, subresource } = target;
  check('resource', resource, dnsLabel);
  if (prefixes.has(resource)) throw refused('resource', resource);
  if (resource === 'secrets') {
    throw clusterError('cluster-secret-refused', {
      message: 'secrets are never read',
      next: 'ask for what refers to the secret instead: pods, deployments or externalsecrets name it',
    });
  }
  if (namespace !== undefined) check('namespace', namespace, dnsLabel);
  if (name !== undefined) check('name', name, objectName);
  if (subresource !== undefined && (name === undefined || !subresources.has(subresource))) {
    throw refused('subresource', subresource);
  }
  return [
    group === '' ? '/api' : `/apis/${group}`,
    target.version,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
}

export function reviewPath(review: Review): string {
  if (!Object.hasOwn(reviews, review)) throw refused('review', review);
  return reviews[review];
}

/** In words, for an error: `list pods in namespace web`. */
export function describeTarget(target: Target): string {
  if (target.kind === 'document') return `get ${documents[target.document]}`;
  if (target.kind === 'schema') return `get the schema of ${target.group === '' ? 'the core group' : target.group}`;
  const resource = target.group === '' ? target.resource : `${target.resource}.${target.group}`;
  const what = target.subresource === undefined ? resource : `${resource}/${target.subresource}`;
  const where = target.namespace === undefined ? 'in all namespaces' : `in namespace ${target.namespace}`;
  return target.name === undefined
    ? `list ${what} ${where}`
    : `get ${what} ${target.name}${target.namespace === undefined ? '' : ` ${where}`}`;
}

function check(what: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value) || value.includes('..')) throw refused(what, value);
}

function refused(what: string, value: string): Error {
  return clusterError('cluster-request-refused', {
    message: `${JSON.stringify(value.slice(0, 60))} is no ${what} this transport asks for`,
    next: `give the plain ${what}, without slashes, dots in a row, percent signs or a query`,
  });
}
