import type { JsonObject } from '../../kit/index.ts';
import { at, dateAt, listAt, textAt } from '../fields.ts';
import { conditionsOf } from '../health/verdict.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';

/**
 * What copies secrets of Vault into Kubernetes Secrets: ExternalSecrets, through stores and generators.
 *
 *  store    says which engine of Vault is read: its `path` is the mount
 *  entry    one key of the Kubernetes Secret and where it comes from
 *  whole    all keys of one secret of Vault (`dataFrom.extract`)
 *  search   all secrets below a path (`dataFrom.find`): which, only a look at Vault tells
 */
export interface SyncedSecret {
  readonly by: ObjectRef;
  /** The Kubernetes Secret it makes. */
  readonly secret: string;
  readonly entries: readonly SyncedEntry[];
  readonly whole: readonly VaultPlace[];
  readonly searches: readonly VaultPlace[];
  /** Its keys are made by a template: which there are is not known here. */
  readonly templated: boolean;
  /** It adds to a Secret that somebody else makes. */
  readonly merges: boolean;
  /** The Secret it makes says that whoever uses it is to be restarted. */
  readonly asksForReload: boolean;
  readonly ready: boolean | undefined;
  readonly refreshedAt: Date | undefined;
}

export interface SyncedEntry {
  /** Of the Kubernetes Secret; undefined where it could not be seen. */
  readonly key: string | undefined;
  readonly from: VaultPlace;
  /** Of the secret in Vault; undefined: the secret as a whole. */
  readonly property: string | undefined;
  readonly version: number | undefined;
}

/** Mount and path, without `data/`. `mount` is undefined where no store said it. */
export interface VaultPlace {
  readonly mount: string | undefined;
  readonly path: string;
}

/** The stores and generators that entries come through, by `Kind namespace/name`. */
export type Sources = ReadonlyMap<string, Source>;

type Source =
  | { readonly kind: 'vault'; readonly mount: string | undefined }
  | { readonly kind: 'generator'; readonly place: VaultPlace | undefined }
  | { readonly kind: 'other' };

const storeKinds: readonly string[] = ['SecretStore', 'ClusterSecretStore'];

export function sourcesOf(objects: readonly ClusterObject[]): Sources {
  return new Map(objects.map((object) => [`${object.kind} ${object.namespace}/${object.name}`, sourceOf(object)]));
}

function sourceOf({ kind, body }: ClusterObject): Source {
  if (!storeKinds.includes(kind))
    return { kind: 'generator', place: placeOf(textAt(at(body, 'spec'), 'path'), undefined) };
  const vault = at(body, 'spec', 'provider', 'vault');
  if (vault === undefined) return { kind: 'other' };
  return { kind: 'vault', mount: trimmed(textAt(vault, 'path')) || undefined };
}

/** Undefined when nothing of it comes out of Vault. */
export function syncedSecretOf(object: ClusterObject, sources: Sources): SyncedSecret | undefined {
  const spec = at(object.body, 'spec');
  const target = at(spec, 'target');
  const place = (path: string | undefined, ref: JsonObject | undefined): VaultPlace | undefined => {
    const source = storeOf(ref ?? at(spec, 'secretStoreRef'), object.namespace, sources);
    return source.kind === 'vault' ? placeOf(path, source.mount) : undefined;
  };
  const entries = listAt(spec, 'data').flatMap((entry): readonly SyncedEntry[] => {
    const remote = at(entry, 'remoteRef');
    const from = place(textAt(remote, 'key'), at(entry, 'sourceRef', 'storeRef'));
    if (from === undefined) return [];
    const version = Number(textAt(remote, 'version'));
    const key = textAt(entry, 'secretKey');
    return [
      {
        key: key?.startsWith('«') === true ? undefined : key,
        from,
        property: textAt(remote, 'property'),
        version: Number.isInteger(version) && version > 0 ? version : undefined,
      },
    ];
  });
  const dataFrom = listAt(spec, 'dataFrom').map((one) => ({ one, store: at(one, 'sourceRef', 'storeRef') }));
  const whole = dataFrom.flatMap(({ one, store }) => [
    ...listOf(place(textAt(at(one, 'extract'), 'key'), store)),
    ...listOf(generated(at(one, 'sourceRef', 'generatorRef'), object.namespace, sources)),
  ]);
  const searches = dataFrom.flatMap(({ one, store }) => {
    const find = at(one, 'find');
    return find === undefined ? [] : listOf(place(textAt(find, 'path') ?? '', store));
  });
  if (entries.length + whole.length + searches.length === 0) return undefined;
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready')?.status;
  return {
    by: { group: object.group, kind: object.kind, namespace: object.namespace, name: object.name },
    secret: textAt(target, 'name') ?? object.name,
    entries,
    whole,
    searches,
    templated:
      at(target, 'template', 'data') !== undefined || listAt(at(target, 'template'), 'templateFrom').length > 0,
    merges: textAt(target, 'creationPolicy') === 'Merge',
    asksForReload: textAt(at(target, 'template', 'metadata', 'annotations'), 'reloader.stakater.com/match') === 'true',
    ready: ready === undefined ? undefined : ready === 'True',
    refreshedAt: dateAt(at(object.body, 'status'), 'refreshTime'),
  };
}

/** A store nobody could read is taken for one of Vault's: a consumer too many is looked at, one too few is missed. */
function storeOf(ref: JsonObject | undefined, namespace: string, sources: Sources): Source {
  const kind = textAt(ref, 'kind') ?? 'SecretStore';
  const where = kind === 'ClusterSecretStore' ? '' : namespace;
  return sources.get(`${kind} ${where}/${textAt(ref, 'name') ?? ''}`) ?? { kind: 'vault', mount: undefined };
}

function generated(ref: JsonObject | undefined, namespace: string, sources: Sources): VaultPlace | undefined {
  if (textAt(ref, 'kind') !== 'VaultDynamicSecret') return undefined;
  const source = sources.get(`VaultDynamicSecret ${namespace}/${textAt(ref, 'name') ?? ''}`);
  return source?.kind === 'generator' ? source.place : undefined;
}

/** `secret/data/apps/mail` and `apps/mail` are one place of the mount `secret`. */
function placeOf(path: string | undefined, mount: string | undefined): VaultPlace | undefined {
  if (path === undefined) return undefined;
  const plain = trimmed(path);
  if (mount === undefined) return { mount: undefined, path: plain };
  const below = plain === mount || plain.startsWith(`${mount}/`) ? trimmed(plain.slice(mount.length)) : plain;
  return { mount, path: below.startsWith('data/') && below !== plain ? below.slice('data/'.length) : below };
}

function trimmed(path: string | undefined): string {
  return (path ?? '').replace(/^\/+|\/+$/g, '');
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

/** Whether a place is this one; a place without a mount has the whole path, or only what is below one. */
export function isAt(place: VaultPlace, mount: string, path: string): boolean {
  if (place.mount !== undefined) return place.mount === mount && place.path === path;
  return [path, `${mount}/${path}`, `${mount}/data/${path}`].includes(place.path);
}

/** Whether a search below a place would come upon this one. */
export function isBelow(place: VaultPlace, mount: string, path: string): boolean {
  const under = (folder: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`);
  if (place.mount !== undefined) return place.mount === mount && under(place.path);
  return under(place.path) || place.path === mount || `${mount}/${path}`.startsWith(`${place.path}/`);
}
