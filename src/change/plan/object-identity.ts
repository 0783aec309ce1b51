import type { Path } from './difference.ts';
import type { ReadDocument } from './documents.ts';
import type { PlanOrigins } from './origin.ts';
import { type Outgoing, words } from './outgoing.ts';
import { isList, isObject, member } from './plan-json.ts';
import type { PlannedChange, PlanValue } from './reading.ts';

/** `Deployment media/fern-granary`: which Kubernetes object a resource is, as far as the source says it. */
export function objectText(
  change: PlannedChange,
  { origins, read, outgoing }: { origins: PlanOrigins; read: ReadDocument; outgoing: Outgoing },
): string | undefined {
  const value = change.after ?? change.before;
  const literal = (path: Path, item: PlanValue | undefined): string | undefined =>
    typeof item === 'string' && origins.literal(change.address, path, item) !== undefined ? item : undefined;
  const found = objectOf(change.type, value, read);
  if (found === undefined) return undefined;
  const { kind, kindPath, metadata, path } = found;
  const shownKind = kindPath === undefined ? kind : literal(kindPath, kind);
  const name = literal([...path, 'name'], member(metadata, 'name'));
  if (shownKind === undefined || name === undefined) return undefined;
  const given = member(metadata, 'namespace');
  const isNamespaced = typeof given === 'string' && given !== '';
  const namespace = isNamespaced ? `${literal([...path, 'namespace'], given) ?? words.computed}/` : '';
  return outgoing(`${shownKind} ${namespace}${name}`);
}

interface Found {
  readonly kind: string;
  /** Absent where the type says the kind. */
  readonly kindPath: Path | undefined;
  readonly metadata: PlanValue;
  readonly path: Path;
}

function objectOf(type: string, value: PlanValue, read: ReadDocument): Found | undefined {
  const inManifest =
    type === 'kubectl_manifest' ? 'yaml_body' : type === 'kubernetes_manifest' ? 'manifest' : undefined;
  if (inManifest !== undefined) {
    const content = member(value, inManifest);
    const manifest = typeof content === 'string' ? read(content) : content;
    const kind = member(manifest, 'kind');
    const metadata = member(manifest, 'metadata');
    if (typeof kind !== 'string' || !isObject(metadata)) return undefined;
    return { kind, kindPath: [inManifest, 'kind'], metadata, path: [inManifest, 'metadata'] };
  }
  if (type === 'helm_release') return { kind: 'HelmRelease', kindPath: undefined, metadata: value, path: [] };
  if (!type.startsWith('kubernetes_')) return undefined;
  const list = member(value, 'metadata');
  const metadata = isList(list) ? list[0] : undefined;
  return metadata === undefined
    ? undefined
    : { kind: kindOf(type), kindPath: undefined, metadata, path: ['metadata', 0] };
}

/** `kubernetes_persistent_volume_claim_v1` is a PersistentVolumeClaim. */
function kindOf(type: string): string {
  return type
    .replace(/^kubernetes_|_v\d+(?:(?:alpha|beta)\d+)?$/g, '')
    .split('_')
    .map((word) =>
      word === 'api' || word === 'csi' ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join('');
}
