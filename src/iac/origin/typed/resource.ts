import { at, computed, type Symbolic, scalarOf } from '../symbol.ts';
import { apiObject } from './api-object.ts';
import { type BlockType, block } from './block-type.ts';
import { typedKind } from './kinds.ts';
import { metadata } from './pod.ts';

/** What a resource of the kubernetes provider makes, or puts into what another makes. */
export interface TypedObject {
  readonly kind: string;
  /** As the API server knows its fields. */
  readonly body: Symbolic;
  readonly type: BlockType;
  readonly isPart: boolean;
}

/** Undefined for other types, and where the kind is computed. */
export function typedObject(type: string, resource: Symbolic): TypedObject | undefined {
  const known = typedKind(type);
  if (known === undefined) return partOfAnother(type, resource);
  return {
    kind: known.kind,
    body: apiObject(resource, known.body),
    type: known.body,
    isPart: type.endsWith('_data'),
  };
}

const named = block({ one: { metadata } });
const parts: ReadonlyMap<string, string> = new Map([
  ['kubernetes_labels', 'labels'],
  ['kubernetes_annotations', 'annotations'],
  ['kubernetes_env', 'env'],
]);

/** Labels, annotations or variables of an object of the kind that the resource says. */
function partOfAnother(type: string, resource: Symbolic): TypedObject | undefined {
  const part = parts.get(type);
  const kind = scalarOf(at(resource, ['kind']));
  const [whose, place] = [at(resource, ['metadata', 0]), resource.place];
  if (part === undefined || typeof kind !== 'string' || whose?.is !== 'object' || resource.is !== 'object') {
    return undefined;
  }
  const given = resource.entries.get(part);
  const isOfMetadata = metadata.attributes.has(part) && given !== undefined;
  const inside = isOfMetadata ? { ...whose, entries: new Map([...whose.entries, [part, given]]) } : whose;
  const list: Symbolic = { is: 'list', items: [inside], place: whose.place };
  const metadataOnly = new Map([['metadata', { key: whose.place, value: list }]]);
  const body = apiObject({ is: 'object', entries: metadataOnly, place }, named);
  if (body.is !== 'object' || part === 'labels') return { kind, body, type: named, isPart: true };
  // Variables lie in the pods' template, and so may annotations.
  const entries = new Map([...body.entries, ['spec', { key: place, value: computed(place) }]]);
  return { kind, body: { ...body, entries }, type: named, isPart: true };
}
