import type { SourcePlace } from '../origin/port.ts';
import { at, type Symbolic, scalarOf } from '../origin/symbol.ts';
import { placeOf, reference, type SecretSourceReference, trimmed, unknown, type VaultPlace } from './reference.ts';

/**
 * What objects for the External Secrets operator say, wherever they are written: in HCL, in YAML, in the values of a chart.
 *
 *  store       which engine it reads; one that is not Vault's takes nothing out of Vault
 *  loose       a `remoteRef` that stands in no object of the operator's: a module or a chart makes one of it
 */
export type Store = { readonly kind: 'vault'; readonly mount: string | undefined } | { readonly kind: 'other' };

export interface Stores {
  readonly byName: ReadonlyMap<string, Store>;
  /** Of an engine whose name is written in one piece with the path. */
  readonly mounts: readonly string[];
}

export interface ManifestContext {
  readonly stores: Stores;
  readonly stack: string | undefined;
  /** What a loose one is told as. */
  readonly how: string;
}

export function storesIn(symbols: Iterable<Symbolic>, mounts: readonly string[]): Stores {
  const byName = new Map<string, Store>();
  for (const symbol of symbols) {
    for (const found of objectsIn(symbol)) {
      const kind = text(found, 'kind');
      const name = text(found, 'metadata', 'name');
      if ((kind !== 'SecretStore' && kind !== 'ClusterSecretStore') || name === undefined) continue;
      const id = `${kind} ${name}`;
      const store = storeOf(found);
      const before = byName.get(id);
      // Two of one name lie in two namespaces: which is meant cannot be told.
      const isOne = before === undefined || JSON.stringify(before) === JSON.stringify(store);
      byName.set(id, isOne ? store : { kind: 'vault', mount: unknown });
    }
  }
  return { byName, mounts };
}

function storeOf(object: Symbolic): Store {
  const provider = at(object, ['spec', 'provider']);
  const vault = at(object, ['spec', 'provider', 'vault']);
  if (provider?.is === 'object' && vault === undefined) return { kind: 'other' };
  const path = at(vault ?? object, ['path']);
  if (vault === undefined || (path !== undefined && typeof scalarOf(path) !== 'string'))
    return { kind: 'vault', mount: unknown };
  return { kind: 'vault', mount: path === undefined ? undefined : trimmed(String(scalarOf(path))) };
}

/** Each object once, also where it is shared between many. */
function* objectsIn(
  symbol: Symbolic,
  seen = new Set<Symbolic>(),
  within?: (found: Symbolic) => boolean,
): Generator<Symbolic> {
  if (seen.has(symbol)) return;
  seen.add(symbol);
  if (symbol.is === 'document') yield* objectsIn(symbol.content, seen, within);
  else if (symbol.is === 'list') for (const item of symbol.items) yield* objectsIn(item, seen, within);
  else if (symbol.is === 'object') {
    yield symbol;
    if (within !== undefined && !within(symbol)) return;
    for (const { value } of symbol.entries.values()) yield* objectsIn(value, seen, within);
  }
}

const externalKinds: readonly string[] = ['ExternalSecret', 'ClusterExternalSecret'];

function isExternal(symbol: Symbolic): boolean {
  return externalKinds.includes(text(symbol, 'kind') ?? '') && at(symbol, ['spec']) !== undefined;
}

export function referencesOfManifests(symbol: Symbolic, context: ManifestContext): readonly SecretSourceReference[] {
  const found: SecretSourceReference[] = [];
  for (const object of objectsIn(symbol, new Set(), (one) => !isExternal(one))) {
    if (isExternal(object)) found.push(...ofExternalSecret(object, context));
    else found.push(...ofRemote(object, undefined, context));
  }
  return found;
}

function ofExternalSecret(object: Symbolic, context: ManifestContext): readonly SecretSourceReference[] {
  const how = text(object, 'kind') ?? 'ExternalSecret';
  const spec = how === 'ClusterExternalSecret' ? at(object, ['spec', 'externalSecretSpec']) : at(object, ['spec']);
  const inside = { ...context, how };
  if (spec?.is !== 'object') return [reference(undefined, undefined, object.place, inside)];
  const store = at(spec, ['secretStoreRef']);
  return ['data', 'dataFrom'].flatMap((name) => {
    const list = at(spec, [name]);
    if (list === undefined) return [];
    if (list.is !== 'list') return [reference(undefined, undefined, list.place, inside)];
    return list.items.flatMap((item) => {
      if (item.is !== 'object') return [reference(undefined, undefined, item.place, inside)];
      return ofRemote(item, at(item, ['sourceRef', 'storeRef']) ?? store, inside);
    });
  });
}

/** Of one entry: `remoteRef` names one secret or one key of it, `extract` all of it; what `find` finds only Vault can tell. */
function ofRemote(
  item: Symbolic,
  storeRef: Symbolic | undefined,
  context: ManifestContext,
): readonly SecretSourceReference[] {
  const remote = at(item, ['remoteRef']) ?? at(item, ['extract']);
  const find = at(item, ['find']);
  if (remote === undefined && find === undefined) return [];
  const isLoose = context.how !== 'ExternalSecret' && context.how !== 'ClusterExternalSecret';
  if (isLoose && (remote?.is !== 'object' || !remote.entries.has('key'))) return [];
  const store = storeFor(storeRef ?? at(item, ['sourceRef', 'storeRef']), context.stores);
  if (store.kind === 'other') return [];
  if (remote === undefined) return [reference(undefined, undefined, (find ?? item).place, context)];
  const key = at(remote, ['key']);
  const path = scalarOf(key);
  const place = typeof path === 'string' ? vaultPlace(path, store.mount, context.stores.mounts) : undefined;
  const property = at(remote, ['property']);
  const name = property === undefined ? undefined : scalarOf(property);
  const line: SourcePlace = (typeof name === 'string' ? property?.place : undefined) ?? key?.place ?? remote.place;
  return [reference(place, typeof name === 'string' ? name : undefined, line, context)];
}

function vaultPlace(key: string, mount: string | undefined, mounts: readonly string[]): VaultPlace | undefined {
  if (mount === undefined) return placeOf(key, mounts);
  const text = trimmed(key);
  const inside = mount !== unknown && text.startsWith(`${mount}/`) ? text.slice(mount.length + 1) : text;
  const path = inside.replace(/^data\/(?=.)/, '');
  return path === '' ? undefined : { mount, path };
}

/** One that is not named is the only one there is, if there is one; one that nobody wrote down might be any of Vault's. */
function storeFor(named: Symbolic | undefined, { byName }: Stores): Store {
  const name = named === undefined ? undefined : text(named, 'name');
  if (name !== undefined) {
    return (
      byName.get(`${(named && text(named, 'kind')) ?? 'SecretStore'} ${name}`) ?? { kind: 'vault', mount: unknown }
    );
  }
  const [only, ...more] = byName.values();
  return named === undefined && only !== undefined && more.length === 0 ? only : { kind: 'vault', mount: unknown };
}

function text(symbol: Symbolic, ...path: readonly string[]): string | undefined {
  const value = scalarOf(at(symbol, path));
  return typeof value === 'string' ? value : undefined;
}
