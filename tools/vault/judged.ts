import { isSecretAt, type SyncedSecret, type VaultPlace } from '../../src/cluster/index.ts';
import type { Inventory, KnownSecret } from './inventory.ts';

/**
 * Whether what a consumer names is there.
 *
 *  there     measured
 *  broken    measured, and it is not: the consumer fails, or will when it starts again
 *  unknown   it could not be looked at
 */
export type Presence = { readonly is: 'there' } | { readonly is: 'broken' | 'unknown'; readonly why: string };

const there: Presence = { is: 'there' };

export function presenceOf(place: VaultPlace, key: string | undefined, inventory: Inventory): Presence {
  const known = inventory.secrets.find(({ mount, path }) => isSecretAt(place, mount, path));
  if (known !== undefined) return key === undefined ? presenceOfSecret(known) : presenceOfKey(known, key);
  const mount = mountOf(place, inventory);
  if (mount === undefined) return { is: 'unknown', why: 'its mount is not known' };
  if (mount.kvVersion === undefined)
    return { is: 'unknown', why: `engine ${/^[\w-]{1,40}$/.test(mount.type) ? mount.type : '?'} is not looked into` };
  return inventory.whole.has(mount.name)
    ? { is: 'broken', why: 'NO SUCH SECRET in Vault' }
    : { is: 'unknown', why: 'not every folder of its mount could be listed' };
}

function presenceOfSecret({ deleted }: KnownSecret): Presence {
  return deleted ? { is: 'broken', why: 'its newest version is DELETED' } : there;
}

function presenceOfKey(known: KnownSecret, key: string): Presence {
  if (known.deleted) return presenceOfSecret(known);
  if (known.keys === undefined) return { is: 'unknown', why: 'its keys could not be read' };
  // A dotted name goes into a key whose value is JSON, which only its value would tell.
  const plain = key.replace(/\\(.)/g, '$1');
  const within = known.keys.some((one) => plain === one || plain.startsWith(`${one}.`));
  return within ? there : { is: 'broken', why: 'NO SUCH KEY in Vault' };
}

function mountOf(place: VaultPlace, { mounts }: Inventory) {
  const name = place.mount ?? mounts.map((one) => one.name).find((one) => place.path.startsWith(`${one}/`));
  return mounts.find((one) => one.name === name);
}

/** The keys a Kubernetes Secret has by what makes it; undefined where that cannot be known without reading it. */
export function keysMade(makers: readonly SyncedSecret[], inventory: Inventory): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const { entries, whole, searches, templated, merges } of makers) {
    if (templated || merges || searches.length > 0) return undefined;
    for (const { key } of entries) {
      if (key === undefined) return undefined;
      keys.add(key);
    }
    for (const place of whole) {
      const known = inventory.secrets.find(({ mount, path }) => isSecretAt(place, mount, path));
      if (known?.keys === undefined) return undefined;
      for (const key of known.keys) keys.add(key);
    }
  }
  return keys;
}
