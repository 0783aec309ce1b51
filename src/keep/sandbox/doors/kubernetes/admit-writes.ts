import { documents, isSecret, patchTypes, readOptions, reviews, unknownOption, whyNotResource } from './admit.ts';
import { type Admitted, type Asked, admitBy, type Query, type Resource, resourceOf, type Understood } from './asked.ts';
import { releaseAskedFor } from './secrets.ts';

/**
 * Which requests of an apply may reach the API server. What an apply does was signed, and what its account may do is the API
 * server's to say; here stands what no apply needs and much harm could be done with: a way into a container or to a node, a token
 * of another account, a question about others' rights, everything of a kind deleted at once, all Secrets of a place read.
 */
export function admitWrites(asked: Asked): Admitted {
  return admitBy(asked, why);
}

function why(asked: Understood): string | undefined {
  switch (asked.method) {
    case 'GET':
    case 'HEAD':
      return whyNotRead(asked);
    case 'POST':
      return whyNotCreate(asked);
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return whyNotWrite(asked);
    default:
      return 'an apply has no use for this method';
  }
}

/** A provider waits for what it made; `proxy.ts` bounds how long. */
const watchOptions = ['watch', 'allowWatchBookmarks', 'sendInitialEvents'] as const;
const applyReadOptions: ReadonlySet<string> = new Set([...readOptions, ...watchOptions]);

function whyNotRead({ path, query }: Understood): string | undefined {
  const unknown = unknownOption(query, applyReadOptions);
  if (unknown !== undefined) return unknown;
  if (documents.test(path)) return undefined;
  const resource = resourceOf(path);
  if (resource === undefined) return 'the path leads to no resource';
  if (resource === 'discovery') return undefined;
  return whyNotResource(resource) ?? (isSecret(resource) ? whyNotSecret(resource, query) : undefined);
}

const createOptions: ReadonlySet<string> = new Set('dryRun fieldManager fieldValidation pretty timeout'.split(' '));
const bodyTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
]);

function whyNotCreate({ path, query, contentType }: Understood): string | undefined {
  const unknown = unknownOption(query, createOptions) ?? whyNotTried(query);
  if (unknown !== undefined) return unknown;
  if (contentType === undefined || !bodyTypes.has(contentType)) return 'the body is of no known type';
  if (reviews.has(path)) return undefined;
  const resource = resourceOf(path);
  if (resource === undefined || resource === 'discovery') return 'the path leads to no resource';
  if (resource.name !== undefined) return 'an object is created among others of its kind, not below one';
  return whyNotResource(resource) ?? whyNotWritten(resource);
}

const writeOptions: Readonly<Record<string, ReadonlySet<string>>> = {
  PUT: createOptions,
  PATCH: new Set([...createOptions, 'force']),
  DELETE: new Set('dryRun gracePeriodSeconds orphanDependents propagationPolicy pretty timeout'.split(' ')),
};
const writeTypes: Readonly<Record<string, ReadonlySet<string>>> = {
  PUT: bodyTypes,
  PATCH: patchTypes,
  DELETE: bodyTypes,
};

function whyNotWrite({ method, path, query, contentType }: Understood): string | undefined {
  const unknown = unknownOption(query, writeOptions[method] ?? new Set()) ?? whyNotTried(query);
  if (unknown !== undefined) return unknown;
  const isTyped = contentType === undefined ? method === 'DELETE' : writeTypes[method]?.has(contentType) === true;
  if (!isTyped) return 'the body is of no known type';
  const resource = resourceOf(path);
  if (resource === undefined || resource === 'discovery' || resource.name === undefined) {
    return 'the path leads to no object';
  }
  if (method === 'DELETE' && resource.subresource !== undefined) return 'no part of an object is deleted';
  return whyNotResource(resource) ?? whyNotWritten(resource);
}

function whyNotTried(query: Query): string | undefined {
  const tried = query.get('dryRun');
  return tried === undefined || tried === 'All' ? undefined : 'dryRun is All or not there';
}

/** Asked about, never written: who somebody is, what others may, which key somebody gets, where a pod runs. */
const groups: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io', 'certificates.k8s.io']);

function whyNotWritten(written: Resource): string | undefined {
  const { group, namespace, resource, subresource } = written;
  if (groups.has(group)) return `nothing of ${group} is written`;
  if (group === '' && resource === 'bindings') return 'where a pod runs is not an apply’s to say';
  if (isSecret(written) && (group !== '' || namespace === undefined || subresource !== undefined)) {
    return 'a Secret is written by its name and in its namespace';
  }
  return undefined;
}

/** By name in a namespace, or those of one Helm release, by which Helm knows what it installed. */
function whyNotSecret({ group, namespace, name, subresource }: Resource, query: Query): string | undefined {
  if (group !== '' || namespace === undefined || subresource !== undefined) return 'Secrets are not read at large';
  if (watchOptions.some((option) => query.has(option))) return 'a Secret is read, not watched';
  if (name !== undefined || releaseAskedFor(query) !== undefined) return undefined;
  return 'Secrets are not listed, but those of one Helm release';
}
