import { z } from 'zod';
import { CastellanError } from '../kit/index.ts';
import { flatKeys } from './flat.ts';
import { segmentsOf } from './path.ts';
import type { AskOptions, VaultClient } from './port.ts';
import { instant, keysShape, moment } from './replies.ts';

/** What is known of a key-value engine without a value: mounts, paths, versions, times, and the names of keys. */
export interface Mount {
  /** Without the slash it ends in. */
  readonly name: string;
  readonly type: string;
  /** Undefined: no key-value engine. */
  readonly kvVersion: 1 | 2 | undefined;
  /** Written by people. */
  readonly description: string;
}

export interface SecretMetadata {
  readonly currentVersion: number;
  readonly oldestVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly casRequired: boolean;
  /** 0: what the mount says. */
  readonly maxVersions: number;
  /** As Vault writes it: `0s`, `720h0m0s`. */
  readonly deleteVersionAfter: string;
  /** Written by people. */
  readonly custom: ReadonlyMap<string, string>;
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
}

export interface SecretVersion {
  readonly version: number;
  readonly createdAt: Date;
  readonly deletedAt: Date | undefined;
  readonly destroyed: boolean;
}

export interface Subkeys {
  /** Keys of the top, and the leaves below them as `a.b`. */
  readonly keys: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
}

const mountShape = z.object({
  type: z.string(),
  description: z.string().nullish(),
  options: z.record(z.string(), z.unknown()).nullish(),
});
const mountTable = z.record(z.string(), mountShape);

/** Those the token can see. `sys/internal/ui/mounts` needs no right of its own; older servers, or a denial, leave `sys/mounts`. */
export async function mountsOf(vault: VaultClient, o?: AskOptions): Promise<readonly Mount[]> {
  const table = await visibleMounts(vault, o);
  return Object.entries(table)
    .map(([path, { type, description, options }]) => ({
      name: path.replace(/\/$/, ''),
      type,
      kvVersion: kvVersionOf(type, options?.['version']),
      description: description ?? '',
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

async function visibleMounts(vault: VaultClient, o: AskOptions | undefined): Promise<z.output<typeof mountTable>> {
  const visible = z.object({ data: z.object({ secret: mountTable }) });
  try {
    return (await vault.ask({ method: 'GET', path: ['sys', 'internal', 'ui', 'mounts'], reply: visible }, o)).data
      .secret;
  } catch (error) {
    if (!isOneOf(error, 'vault-refused', 'vault-not-found', 'vault-unsupported')) throw error;
    const all = z.object({ data: mountTable });
    return (await vault.ask({ method: 'GET', path: ['sys', 'mounts'], reply: all }, o)).data;
  }
}

function kvVersionOf(type: string, version: unknown): 1 | 2 | undefined {
  if (type !== 'kv' && type !== 'generic') return undefined;
  return String(version) === '2' ? 2 : 1;
}

/** Folders end in `/`. Empty where nothing is. */
export async function listKeys(
  vault: VaultClient,
  mount: string,
  path: string,
  o?: AskOptions,
): Promise<readonly string[]> {
  const below = [...segmentsOf(mount), 'metadata', ...segmentsOf(path)];
  return listAt(vault, below, o);
}

/** Vault says 404 of a folder that holds nothing. */
export async function listAt(vault: VaultClient, path: readonly string[], o?: AskOptions): Promise<readonly string[]> {
  try {
    return (await vault.ask({ method: 'LIST', path, reply: keysShape }, o)).data.keys ?? [];
  } catch (error) {
    if (isOneOf(error, 'vault-not-found')) return [];
    throw error;
  }
}

const versionShape = z.object({
  created_time: instant,
  deletion_time: moment.nullish(),
  destroyed: z.boolean(),
});

const metadataShape = z.object({
  data: z.object({
    current_version: z.int().nonnegative(),
    oldest_version: z.int().nonnegative(),
    created_time: instant,
    updated_time: instant,
    cas_required: z.boolean().default(false),
    max_versions: z.int().nonnegative().default(0),
    delete_version_after: z.string().default('0s'),
    custom_metadata: z.record(z.string(), z.string()).nullish(),
    versions: z.record(z.string().regex(/^[1-9]\d{0,9}$/), versionShape),
  }),
});

export async function metadataOf(
  vault: VaultClient,
  mount: string,
  path: string,
  o?: AskOptions,
): Promise<SecretMetadata> {
  const { data } = await vault.ask({ method: 'GET', path: kvPath(mount, 'metadata', path), reply: metadataShape }, o);
  return {
    currentVersion: data.current_version,
    oldestVersion: data.oldest_version,
    createdAt: data.created_time,
    updatedAt: data.updated_time,
    casRequired: data.cas_required,
    maxVersions: data.max_versions,
    deleteVersionAfter: data.delete_version_after,
    custom: new Map(Object.entries(data.custom_metadata ?? {})),
    versions: Object.entries(data.versions)
      .map(([version, { created_time, deletion_time, destroyed }]) => ({
        version: Number(version),
        createdAt: created_time,
        deletedAt: deletion_time ?? undefined,
        destroyed,
      }))
      .sort((a, b) => a.version - b.version),
  };
}

const subkeysShape = z.object({
  data: z.object({
    subkeys: z.record(z.string(), z.unknown()).nullable(),
    metadata: z.object({ version: z.int().positive(), created_time: instant }),
  }),
});

/**
 * The names of keys without values (Vault 1.10, OpenBao 2). `vault-refused` where no policy grants `subkeys`, `vault-unsupported`
 * where the server has none, `vault-not-found` where the version is deleted.
 */
export async function subkeysOf(
  vault: VaultClient,
  mount: string,
  path: string,
  version?: number,
  o?: AskOptions,
): Promise<Subkeys> {
  const { data } = await vault.ask(
    {
      method: 'GET',
      path: kvPath(mount, 'subkeys', path),
      ...(version === undefined ? {} : { query: { version } }),
      reply: subkeysShape,
    },
    o,
  );
  const { metadata, subkeys } = data;
  return { keys: flatKeys(subkeys ?? {}), version: metadata.version, createdAt: metadata.created_time };
}

/** `apps/mail` below one of the branches of a version-2 engine. Throws `vault-path-invalid` when asked with an empty path. */
export function kvPath(mount: string, branch: 'data' | 'metadata' | 'subkeys', path: string): readonly string[] {
  // Only the folder is left out where a path is empty, and a folder holds no secret: the empty segment is refused.
  return [...segmentsOf(mount), branch, ...(path === '' ? [''] : segmentsOf(path))];
}

export function isOneOf(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof CastellanError && codes.includes(error.code);
}
