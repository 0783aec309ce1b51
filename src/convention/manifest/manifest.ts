import { nodeOfYaml } from '../node/from-yaml.ts';
import { entryOf, isAbsent, map, type Node, textOf, unknown } from '../node/node.ts';
import { kindOfType, manifestOfType } from './kubernetes-type.ts';

/**
 * The Kubernetes object that a resource is, whichever provider writes it.
 *
 *  kubernetes_*          the provider's own blocks
 *  kubectl_manifest      YAML in `yaml_body`
 *  kubernetes_manifest   an object in `manifest`
 */
export interface Manifest {
  /** Undefined when it cannot be known. */
  readonly kind: string | undefined;
  readonly body: Node;
  /** The text is there and is no YAML of one object. */
  readonly unreadable: boolean;
}

/** Undefined for resources that are no Kubernetes object. */
export function manifestOf(type: string, attributes: Node): Manifest | undefined {
  if (type === 'kubectl_manifest') {
    const { body, ...manifest } = fromText(entryOf(attributes, 'yaml_body'), attributes);
    return { ...manifest, body: inNamespace(body, entryOf(attributes, 'override_namespace')) };
  }
  if (type === 'kubernetes_manifest') return fromNode(entryOf(attributes, 'manifest') ?? unknown(attributes.place));
  const kind = kindOfType(type);
  return kind === undefined ? undefined : { kind, body: manifestOfType(kind, attributes), unreadable: false };
}

function fromText(text: Node | undefined, attributes: Node): Manifest {
  // HCL evaluates `yamlencode(…)` to what it encodes.
  if (text?.kind === 'map') return fromNode(text);
  const body = textOf(text);
  if (body === undefined)
    return { kind: textOf(entryOf(attributes, 'kind')), body: unknown(text?.place), unreadable: false };
  const parsed = nodeOfYaml(body, { start: text?.place });
  return parsed?.kind === 'map' ? fromNode(parsed) : { kind: undefined, body: unknown(text?.place), unreadable: true };
}

/** What the resource says of the namespace goes before what the YAML says. */
function inNamespace(body: Node, override: Node | undefined): Node {
  if (override === undefined || isAbsent(override) || body.kind !== 'map') return body;
  const metadata = body.entries.get('metadata');
  const entries = metadata?.kind === 'map' ? metadata.entries : [];
  const changed = map([...entries, ['namespace', override]], { place: metadata?.place });
  return map([...body.entries, ['metadata', changed]], { open: body.open, place: body.place });
}

function fromNode(body: Node): Manifest {
  return { kind: textOf(entryOf(body, 'kind')), body, unreadable: false };
}

/** Namespace and name as far as they are known; the namespace of an object that names none is empty. */
export function identityOf({ body }: Manifest): {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
} {
  const metadata = entryOf(body, 'metadata');
  const namespace = entryOf(metadata, 'namespace');
  return {
    namespace: namespace === undefined && metadata?.kind === 'map' ? '' : textOf(namespace),
    name: textOf(entryOf(metadata, 'name')),
  };
}

/** Where the pods' spec stands in an object of this kind; undefined for kinds that make no pods. */
export function podSpecOf(kind: string): string | undefined {
  switch (kind) {
    case 'Pod':
      return 'spec';
    case 'CronJob':
      return 'spec.jobTemplate.spec.template.spec';
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
      return 'spec.template.spec';
    default:
      return undefined;
  }
}
