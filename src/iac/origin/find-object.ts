import { literalOf } from '../hcl/walk.ts';
import { placeOf } from './instance.ts';
import { readModules } from './modules.ts';
import { type OriginSources, openStack } from './origins.ts';
import type { Scalar, SourcePlace } from './port.ts';
import { manifestOf, resourcesOf } from './resources.ts';
import { at, leavesOf, type Symbolic, scalarOf } from './symbol.ts';

/** An object of the cluster, as somebody asks for it. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface FoundObject {
  readonly address: string;
  readonly place: SourcePlace;
  /** Fields as the API server knows them: `spec.replicas`, `spec.template.spec.containers[0].image`. */
  readonly fields: readonly {
    readonly field: string;
    readonly place: SourcePlace;
    readonly literal: Scalar | undefined;
  }[];
  /** What the source tells the engine to leave alone, as it stands there. */
  readonly ignored: readonly string[];
}

/** The resource of this stack that makes the object; undefined when none is known to. */
export function findObject(sources: OriginSources, wanted: ObjectName): FoundObject | undefined {
  const modules = readModules(sources.files);
  const root = modules.get(sources.stack);
  if (root === undefined) return undefined;
  for (const { instance, address, id, key } of resourcesOf(openStack(root, modules, sources))) {
    const body = instance.resource(id, key);
    const manifest = body === undefined ? undefined : manifestOf(body);
    const block = instance.source.resources.get(id);
    if (body === undefined || manifest === undefined || block === undefined || !isWanted(manifest, wanted)) continue;
    return {
      address,
      place: placeOf(block),
      fields: [...leavesOf(manifest)].map(({ path, leaf }) => ({
        field: path
          .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
          .join(''),
        place: leaf.place,
        literal: scalarOf(leaf),
      })),
      ignored: ignoredIn(block.node.body),
    };
  }
  return undefined;
}

function isWanted(manifest: Symbolic, { kind, namespace, name }: ObjectName): boolean {
  const said = (...path: string[]): Scalar | undefined => scalarOf(at(manifest, path));
  return (
    said('kind') === kind &&
    said('metadata', 'name') === name &&
    (namespace === undefined || said('metadata', 'namespace') === namespace)
  );
}

function ignoredIn({
  blocks,
  attributes,
}: {
  readonly blocks: readonly Block[];
  readonly attributes: Block['body']['attributes'];
}): readonly string[] {
  const lists = [
    ...blocks.filter(({ type }) => type === 'lifecycle').flatMap(({ body }) => body.attributes),
    ...attributes,
  ].filter(({ name }) => name === 'ignore_changes' || name === 'ignore_fields');
  return lists.flatMap(({ value }) =>
    value.kind === 'tuple' ? value.items.map((item) => String(literalOf(item)?.value ?? item.text)) : [value.text],
  );
}

type Block = Parameters<typeof placeOf>[0]['node'] & {
  readonly type: string;
  readonly body: {
    readonly attributes: readonly { readonly name: string; readonly value: Parameters<typeof literalOf>[0] }[];
  };
};
