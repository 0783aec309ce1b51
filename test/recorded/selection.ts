import type { Collection, RecordedObject } from './collections.ts';

/** Which objects of a collection a query's selectors mean; undefined where the real server would not know a field. */
export function selectionOf(
  collection: Collection,
  query: URLSearchParams,
): ((object: RecordedObject) => boolean) | undefined {
  const labels = termsOf(query.get('labelSelector')).map(labelTerm);
  const fields = termsOf(query.get('fieldSelector')).map((term) => fieldTerm(term, collection));
  const known = fields.filter((term) => term !== undefined);
  if (known.length < fields.length) return undefined;
  return (object) => [...labels, ...known].every((term) => term(object));
}

type Term = (object: RecordedObject) => boolean;

function termsOf(selector: string | null): readonly string[] {
  return (selector ?? '')
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function labelTerm(term: string): Term {
  const labelOf = (key: string) => (object: RecordedObject) => object.metadata.labels?.[key.trim()];
  const [, member, not, values] = /^(\S+)\s+(not)?in\s*\(([^)]*)\)$/.exec(term) ?? [];
  if (member !== undefined) {
    const among = new Set((values ?? '').split(',').map((value) => value.trim()));
    const label = labelOf(member);
    return (object) => among.has(label(object) ?? '') === (not === undefined);
  }
  const [, key, operator, value = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? [];
  if (key !== undefined) {
    const label = labelOf(key);
    return (object) => (label(object) === value.trim()) === (operator !== '!=');
  }
  const label = labelOf(term.replace(/^!/, ''));
  return (object) => (label(object) !== undefined) === !term.startsWith('!');
}

/** The fields the real server can select by, beside name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  jobs: ['status.successful'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  replicasets: ['status.replicas'],
};

function fieldTerm(term: string, { resource }: Collection): Term | undefined {
  const [, field = '', operator, value = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? [];
  const known = ['metadata.name', 'metadata.namespace', ...(selectable[resource] ?? [])];
  if (!known.includes(field)) return undefined;
  return (object) => (textAt(object, field.split('.')) === value) === (operator !== '!=');
}

function textAt(object: unknown, path: readonly string[]): string {
  let here = object;
  for (const field of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, field) : undefined;
  return here === undefined || here === null ? '' : String(here);
}
