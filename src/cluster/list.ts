import { CastellanError, type JsonObject } from '../kit/index.ts';
import { clusterError } from './errors.ts';
import { at, dateAt, listAt, textAt } from './fields.ts';
import type { Kind } from './kind.ts';
import type { ClusterObject, ListOptions, Reading, Withheld } from './reader.ts';
import { mergeShapes, metadataShape, pick, type Shape } from './shape.ts';
import type { ReadQuery } from './transport/query.ts';
import type { ResourceTarget } from './transport/target.ts';
import type { Transport } from './transport/transport.ts';
import type { ObjectRedactor } from './withholding/object-redactor.ts';

/** Objects asked for at once: an answer of a few MB, whose reading overlaps with the server's next. */
export const pageSize = 500;

export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export function targetOf(kind: Kind, namespace: string | undefined, name?: string): ResourceTarget {
  const { group, version, resource } = kind;
  return { kind: 'resource', group, version, resource, namespace: kind.namespaced ? namespace : undefined, name };
}

/** Reads every page of one moment; if the moment passes while reading, starts again once. */
export async function listAll(
  transport: Transport,
  redactor: ObjectRedactor,
  kind: Kind,
  options: ListOptions,
): Promise<Reading> {
  assertSelector(options.selector);
  try {
    return await readPages(transport, redactor, kind, options);
  } catch (error) {
    const expired = error instanceof CastellanError && error.code === 'cluster-list-expired';
    if (!expired || options.resourceVersion !== undefined) throw error;
    return await readPages(transport, redactor, kind, options);
  }
}

async function readPages(
  transport: Transport,
  redactor: ObjectRedactor,
  kind: Kind,
  options: ListOptions,
): Promise<Reading> {
  const { shape, signal } = options;
  const target = targetOf(kind, options.namespace);
  const objects: ClusterObject[] = [];
  const withheld: Record<string, number> = {};
  const wanted = wholeShape(shape);
  const clean = new Set<string>();
  let resourceVersion = '';
  let continued: string | undefined;
  do {
    const page = await transport.read(target, {
      signal,
      query: queryOf(options, continued),
      ...(isMetadataAlone(shape) ? { accept: metadataOnly } : {}),
    });
    for (const item of listAt(page, 'items')) {
      const object = objectOf(kind, pick(item, wanted), redactor, clean);
      objects.push(object);
      add(withheld, object.withheld);
    }
    const metadata = at(page, 'metadata');
    resourceVersion = textAt(metadata, 'resourceVersion') || resourceVersion;
    continued = textAt(metadata, 'continue') || undefined;
  } while (continued !== undefined);
  return { objects, resourceVersion, withheld };
}

function queryOf(options: ListOptions, continued: string | undefined): ReadQuery {
  const { selector, fieldSelector, resourceVersion } = options;
  const query = { labelSelector: selector, fieldSelector, limit: pageSize };
  if (continued !== undefined) return { ...query, continue: continued };
  return resourceVersion === undefined ? query : { ...query, resourceVersion, resourceVersionMatch: 'Exact' };
}

/** What is not asked for need not be sent: of a ConfigMap, its data. */
export function isMetadataAlone(shape: Shape | 'metadata'): boolean {
  return shape === 'metadata' || Object.keys(shape).every((field) => field === 'metadata');
}

export function wholeShape(shape: Shape | 'metadata'): Shape {
  return mergeShapes({ kind: true, metadata: metadataShape }, shape === 'metadata' ? {} : shape);
}

/** Redacts an object and names it. */
export function objectOf(kind: Kind, raw: JsonObject, redactor: ObjectRedactor, clean?: Set<string>): ClusterObject {
  const { body, withheld } = redactor.redact({ kind: kind.kind, ...raw }, clean);
  const metadata = at(body, 'metadata');
  return {
    group: kind.group,
    kind: kind.kind,
    name: textAt(metadata, 'name') ?? '',
    namespace: textAt(metadata, 'namespace') ?? '',
    created: dateAt(metadata, 'creationTimestamp'),
    body,
    withheld,
  };
}

/** The API server's own message quotes the selector back; this one says what a selector looks like. */
export function assertSelector(selector: string | undefined): void {
  if (selector === undefined) return;
  const term =
    /^\s*(?:!?\s*[A-Za-z0-9][\w./-]*|[A-Za-z0-9][\w./-]*\s*(?:==?|!=)\s*[\w.-]*|[A-Za-z0-9][\w./-]*\s+(?:in|notin)\s*\([\w.,\s-]*\))\s*$/;
  // The length first: looking for the commas takes longer the longer a selector is.
  if (selector.length <= 1_000 && selector.split(/,(?![^(]*\))/).every((part) => term.test(part))) return;
  throw clusterError('cluster-selector-invalid', {
    message: 'the selector is not a label selector',
    next: 'write it as app=web,tier!=cache or `env in (prod,test)`',
  });
}

export function add(sum: Record<string, number>, more: Withheld): void {
  for (const [rule, count] of Object.entries(more)) sum[rule] = (sum[rule] ?? 0) + count;
}
