import { CastellanError } from '../../src/kit/index.ts';
import { listAt, listKeys, type Mount, metadataOf, mountsOf, subkeysOf } from '../../src/vault/kv.ts';
import { segmentsOf } from '../../src/vault/path.ts';
import type { VaultClient } from '../../src/vault/port.ts';
import type { Strength } from './strength.ts';
import { eachOf, type Missing, plainName } from './words.ts';

/**
 * Every name there is: mounts, paths, keys. Read folder by folder with a bound on each, kept for a minute, and shared by whoever
 * asks meanwhile. What was not seen is said: nobody may conclude from it.
 */
export interface Inventory {
  readonly at: Date;
  readonly mounts: readonly Mount[];
  readonly secrets: readonly KnownSecret[];
  readonly missing: readonly Missing[];
  /** Mounts of which every folder was listed. */
  readonly whole: ReadonlySet<string>;
}

export interface KnownSecret {
  readonly mount: string;
  readonly path: string;
  /** Undefined: could not be read. */
  readonly keys: readonly string[] | undefined;
  /** The newest version is deleted. */
  readonly deleted: boolean;
  readonly version: number | undefined;
  readonly updatedAt: Date | undefined;
  readonly custom: ReadonlyMap<string, string>;
}

export interface Names {
  /** Of at most a minute ago. */
  inventory(signal: AbortSignal): Promise<Inventory>;
  /** The names of the mounts alone. */
  mounts(signal: AbortSignal): Promise<readonly Mount[]>;
}

/** What a crawl may take. */
export interface Bounds {
  readonly folders: number;
  readonly secrets: number;
  readonly depth: number;
  readonly seconds: number;
  readonly atOnce: number;
}

export interface InventoryOptions {
  readonly vault: VaultClient;
  readonly strength: Strength;
  readonly now?: () => Date;
  readonly bounds?: Partial<Bounds>;
}

const standardBounds: Bounds = { folders: 2_000, secrets: 4_000, depth: 16, seconds: 25, atOnce: 8 };
const freshMs = 60_000;

export function openNames({ vault, strength, now = () => new Date(), bounds }: InventoryOptions): Names {
  const limits = { ...standardBounds, ...bounds };
  let kept: Promise<Inventory> | undefined;
  let until = 0;
  return {
    inventory(signal) {
      if (kept === undefined || now().getTime() >= until) {
        until = now().getTime() + freshMs;
        // Shared, so it ends by its own clock and not when whoever asked first goes away.
        const look = crawl(vault, strength, limits, now());
        look.catch(() => {
          if (kept === look) kept = undefined;
        });
        kept = look;
      }
      return whileWanted(kept, signal);
    },
    mounts: (signal) => mountsOf(vault, { signal }),
  };
}

async function whileWanted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const gone = (): void => reject(signal.reason);
  signal.addEventListener('abort', gone, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', gone);
  }
}

async function crawl(vault: VaultClient, strength: Strength, limits: Bounds, at: Date): Promise<Inventory> {
  const signal = AbortSignal.timeout(limits.seconds * 1_000);
  const mounts = await mountsOf(vault, { signal });
  const kv = mounts.filter(({ type }) => type === 'kv' || type === 'generic');
  const places = await listedSecrets(vault, kv, limits, signal);
  await strength.examine(mounts, places.found, signal);
  const trouble = new Map<string, number>();
  const secrets = await eachOf(places.found, limits.atOnce, ({ mount, path, version }) =>
    version === 2 ? knownSecret(vault, { mount, path }, trouble, signal) : bare(mount, path),
  );
  const old = kv.filter(({ kvVersion }) => kvVersion !== 2).map(({ name }) => plainName(trimmed(name)));
  return {
    at,
    mounts,
    secrets,
    whole: places.whole,
    missing: [
      ...places.missing,
      ...[...trouble].map(([why, count]) => ({ what: `keys or ages of ${count} secrets`, why })),
      ...(old.length === 0
        ? []
        : [{ what: `keys of ${old.join(', ')}`, why: 'kv version 1 tells them only with their values' }]),
    ],
  };
}

interface Place {
  readonly mount: string;
  readonly path: string;
  readonly version: 1 | 2 | undefined;
}

/** Breadth first, so that a bound cuts off what is deepest. */
async function listedSecrets(
  vault: VaultClient,
  mounts: readonly Mount[],
  limits: Bounds,
  signal: AbortSignal,
): Promise<{
  readonly found: readonly Place[];
  readonly missing: readonly Missing[];
  readonly whole: ReadonlySet<string>;
}> {
  const found: Place[] = [];
  const unseen = new Map<string, Map<string, number>>();
  const miss = (mount: string, why: string): void => {
    const reasons = unseen.get(mount) ?? new Map<string, number>();
    unseen.set(mount, reasons.set(why, (reasons.get(why) ?? 0) + 1));
  };
  let folders = 0;
  let level = mounts.map((mount) => ({ mount: trimmed(mount.name), version: mount.kvVersion, path: '' }));
  for (let depth = 0; level.length > 0; depth += 1) {
    const below = await eachOf(level, limits.atOnce, async ({ mount, version, path }) => {
      if (depth >= limits.depth || folders >= limits.folders) {
        miss(mount, 'too many folders');
        return [];
      }
      folders += 1;
      try {
        const keys =
          version === 2
            ? await listKeys(vault, mount, path, { signal })
            : await listAt(vault, [...segmentsOf(mount), ...segmentsOf(path)], { signal });
        return keys.map((key) => ({ mount, version, path: path === '' ? key : `${path}/${key}` }));
      } catch (error) {
        if (!(error instanceof CastellanError) && !signal.aborted) throw error;
        miss(mount, error instanceof CastellanError ? error.code : 'vault-deadline');
        return [];
      }
    });
    const names = below.flat();
    for (const { mount, path, version } of names.filter(({ path }) => !path.endsWith('/'))) {
      if (found.length >= limits.secrets) miss(mount, 'too many secrets');
      else found.push({ mount, path, version });
    }
    level = names.filter(({ path }) => path.endsWith('/')).map((one) => ({ ...one, path: one.path.slice(0, -1) }));
  }
  return {
    found,
    missing: [...unseen].flatMap(([mount, reasons]) =>
      [...reasons].map(([why, count]) => ({ what: `${count} folders of mount ${plainName(mount)}`, why })),
    ),
    whole: new Set(mounts.map(({ name }) => trimmed(name)).filter((name) => !unseen.has(name))),
  };
}

async function knownSecret(
  vault: VaultClient,
  { mount, path }: { readonly mount: string; readonly path: string },
  trouble: Map<string, number>,
  signal: AbortSignal,
): Promise<KnownSecret> {
  const told = async <Value>(work: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof CastellanError) {
        // A deleted version has no keys to tell: that is known, and no trouble.
        if (error.code !== 'vault-not-found') trouble.set(error.code, (trouble.get(error.code) ?? 0) + 1);
        return undefined;
      }
      if (!signal.aborted) throw error;
      trouble.set('vault-deadline', (trouble.get('vault-deadline') ?? 0) + 1);
      return undefined;
    }
  };
  const [metadata, subkeys] = await Promise.all([
    told(metadataOf(vault, mount, path, { signal })),
    told(subkeysOf(vault, mount, path, undefined, { signal })),
  ]);
  const newest = metadata?.versions.find(({ version }) => version === metadata.currentVersion);
  return {
    mount,
    path,
    keys: subkeys?.keys,
    deleted: newest !== undefined && (newest.deletedAt !== undefined || newest.destroyed),
    version: metadata?.currentVersion,
    updatedAt: metadata?.updatedAt,
    custom: metadata?.custom ?? new Map(),
  };
}

async function bare(mount: string, path: string): Promise<KnownSecret> {
  return { mount, path, keys: undefined, deleted: false, version: undefined, updatedAt: undefined, custom: new Map() };
}

function trimmed(name: string): string {
  return name.replace(/\/+$/, '');
}
