import type { HclBlock } from '../hcl/syntax.ts';
import { withoutAnchored } from './anchored.ts';
import { releaseValues } from './helm/release.ts';
import { ignoredBy, inAttribute, inBlocks } from './ignored.ts';
import { placeOf } from './instance.ts';
import { readModules } from './modules.ts';
import { type OriginSources, openStack } from './origins.ts';
import type { SourcePlace, ValuePath } from './port.ts';
import { manifestOf, resourcesOf } from './resources.ts';
import { at, type Symbolic, scalarOf } from './symbol.ts';
import { typedObject } from './typed/resource.ts';
import { valuesFile } from './values-file.ts';

/**
 * What a stack makes that somebody outside of Terraform has a name for: an object of the cluster, as the API server knows its
 * fields; or a release of Helm, of kind `HelmRelease`, whose fields are the values it is given.
 */
export interface Declared {
  readonly kind: string;
  /** Undefined where the source does not say it, or says it by something that is computed. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly address: string;
  /** The block of the resource. */
  readonly place: SourcePlace;
  /**
   * Its fields: `spec.replicas`, `spec.template.spec.containers[0].image`. A place lies in HCL, or in a file that ends in `.yaml`
   * or `.yml` and holds the values of a release.
   */
  readonly body: Symbolic;
  /** What the source tells the engine to leave alone, as it stands there; and as `spec.replicas`, where that is something else. */
  readonly ignored: readonly string[];
  /** It puts something into an object that another resource makes: labels, annotations, data. */
  readonly isPart: boolean;
}

/** One whose kind or name is computed is not among them. */
export function* declaredIn(sources: OriginSources): Generator<Declared> {
  const modules = readModules(sources.files);
  const root = modules.get(sources.stack);
  if (root === undefined) return;
  const text = valuesFile(sources);
  for (const { instance, address, id, key } of resourcesOf(openStack(root, modules, sources))) {
    const block = instance.source.resources.get(id);
    const [type = ''] = id.split('.');
    const resource = instance.resource(id, key, type === 'helm_release' ? { text } : {});
    const made = resource === undefined || block === undefined ? undefined : madeOf(type, resource, block.node);
    if (block === undefined || typeof made?.kind !== 'string' || typeof made.name !== 'string') continue;
    yield {
      kind: made.kind,
      name: made.name,
      namespace: typeof made.namespace === 'string' ? made.namespace : undefined,
      address,
      place: placeOf(block),
      body: withoutAnchored(made.body),
      ignored: ignoredBy(block.node, made.api),
      isPart: made.isPart,
    };
  }
}

interface Made extends Pick<Declared, 'body' | 'isPart'> {
  readonly kind: unknown;
  readonly name: unknown;
  readonly namespace: unknown;
  /** What a path of the resource is called in `body`; undefined where it has no part in it. */
  readonly api: (path: ValuePath) => string | undefined;
}

function madeOf(type: string, resource: Symbolic, block: HclBlock): Made | undefined {
  const said = (symbol: Symbolic, ...path: string[]): unknown => scalarOf(at(symbol, path));
  if (type === 'helm_release') {
    return {
      kind: 'HelmRelease',
      name: said(resource, 'name'),
      namespace: said(resource, 'namespace'),
      body: releaseValues(resource, block),
      isPart: false,
      api: ([first]) => (first === undefined || valueAttributes.includes(String(first)) ? 'all' : undefined),
    };
  }
  const typed = typedObject(type, resource);
  const body = typed?.body ?? manifestOf(resource);
  if (body === undefined) return undefined;
  const override = type === 'kubectl_manifest' ? at(resource, ['override_namespace']) : undefined;
  return {
    kind: typed?.kind ?? said(body, 'kind'),
    name: said(body, 'metadata', 'name'),
    namespace: override === undefined ? said(body, 'metadata', 'namespace') : scalarOf(override),
    body,
    isPart: typed?.isPart ?? false,
    api: typed === undefined ? inAttribute(manifestAttributes) : inBlocks(typed.type),
  };
}

const valueAttributes = ['values', 'set', 'set_list', 'set_sensitive', 'set_wo'];
const manifestAttributes = ['yaml_body', 'manifest', 'object'];
