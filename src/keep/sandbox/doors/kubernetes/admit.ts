import { type Admitted, type Asked, admitBy, type Query, type Resource, resourceOf, type Understood } from './asked.ts';
import { admitSecret, type SecretAllowance } from './secrets.ts';

/** Which requests of a plan may reach the API server: an allow-list of what reads, and of what tries without doing. */
export function admit(asked: Asked, secrets: readonly SecretAllowance[]): Admitted {
  return admitBy(asked, (understood) => why(understood, secrets));
}

function why(asked: Understood, secrets: readonly SecretAllowance[]): string | undefined {
  if (asked.method === 'POST') return whyNotReview(asked);
  if (asked.method === 'GET' || asked.method === 'HEAD') return whyNotRead(asked, secrets);
  if (asked.method === 'PATCH') return whyNotDryRun(asked, secrets);
  return 'a plan only reads and tries';
}

export const reviews: ReadonlySet<string> = new Set([
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
]);

/** Options by which a client shapes an answer or how it is checked. None makes an answer endless: `watch` and `follow` do. */
export const readOptions: ReadonlySet<string> = new Set(
  'labelSelector fieldSelector limit continue resourceVersion resourceVersionMatch timeoutSeconds timeout pretty includeObject hash'.split(
    ' ',
  ),
);
const tryOptions: ReadonlySet<string> = new Set('dryRun fieldManager force fieldValidation pretty timeout'.split(' '));

export const patchTypes: ReadonlySet<string> = new Set([
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]);

export const documents = /^\/(version|api|apis|openapi\/v2|openapi\/v3(\/(api\/v1|apis\/[^/]+(\/[^/]+)?|version))?)$/;

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

export function whyNotResource({ resource, subresource }: Resource): string | undefined {
  if (prefixes.has(resource)) return `${resource} is no resource a run needs`;
  if (subresource !== undefined && !subresources.has(subresource)) return `${subresource} is nothing a run needs`;
  return undefined;
}

/** Under any group: an extension could serve the same objects under another. */
export function isSecret({ resource }: Resource): boolean {
  return resource === 'secrets';
}

export function unknownOption(query: Query, known: ReadonlySet<string>): string | undefined {
  const unknown = [...query.keys()].find((key) => !known.has(key));
  return unknown === undefined ? undefined : `the option ${unknown.slice(0, 40)} is nothing a run needs`;
}
