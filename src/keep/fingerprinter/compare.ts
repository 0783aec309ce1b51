import type { ClusterSecretReference, Comparison, SecretReference } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { ClusterSecrets } from './cluster-secret.ts';
import type { VersionRow } from './history-rows.ts';
import { type MacKey, sameMac } from './mac-key.ts';
import type { VersionValues } from './vault-reads.ts';

type Keyed = SecretReference & { readonly key: string };

export interface CompareParts {
  readonly macs: MacKey;
  /** Undefined: none is configured. */
  readonly cluster: ClusterSecrets | undefined;
  /** Reads it now; what is excluded is refused. */
  read(of: Keyed, signal: AbortSignal): Promise<VersionValues>;
  /** What its versions held, as far as it is known; with the newest that can be read. */
  rowsOf(of: Keyed): ReadonlyMap<number, VersionRow>;
}

/** Of one side: what it holds, as a MAC, or why that is not known. */
type Side =
  | { readonly mac: string; readonly version: number | undefined; readonly changedAt: string | undefined }
  | { readonly why: string };

/**
 * Whether two references hold the same value. Both are read now, both become MACs, and those are compared; there is no way to bring a
 * value along. What could not be read is unknown, with the reason, and never different.
 */
export async function compare(
  left: Keyed,
  right: Keyed | ClusterSecretReference,
  parts: CompareParts,
  signal: AbortSignal,
): Promise<Comparison> {
  const [one, other] = await Promise.all([
    sideOf(() => vaultSide(left, parts, signal)),
    sideOf(() => ('mount' in right ? vaultSide(right, parts, signal) : clusterSide(right, parts, signal))),
  ]);
  if ('why' in one) return { outcome: 'unknown', why: one.why };
  if ('why' in other) return { outcome: 'unknown', why: other.why };
  const found = {
    ...(one.version === undefined ? {} : { leftVersion: one.version }),
    ...(other.version === undefined ? {} : { rightVersion: other.version }),
    ...(one.changedAt === undefined ? {} : { leftChangedAt: one.changedAt }),
    ...(other.changedAt === undefined ? {} : { rightChangedAt: other.changedAt }),
  };
  if (sameMac(one.mac, other.mac)) return { outcome: 'equal', ...found };
  const older = olderWith(parts.rowsOf(left), left.key, other.mac, one.version);
  return { outcome: 'different', ...(older === undefined ? {} : { equalsVersion: older }), ...found };
}

async function sideOf(read: () => Promise<Side>): Promise<Side> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CastellanError) return { why: error.message };
    throw error;
  }
}

async function vaultSide(of: Keyed, { macs, read, rowsOf }: CompareParts, signal: AbortSignal): Promise<Side> {
  const { values, version, createdAt } = await read(of, signal);
  const value = values.get(of.key);
  if (value === undefined) return { why: `version ${version} of ${of.mount}/${of.path} has no key of that name` };
  const mac = macs.of(value.reveal());
  const since = sinceOf(rowsOf(of), of.key, mac, version);
  return { mac, version, changedAt: since ?? createdAt.toISOString() };
}

async function clusterSide(
  of: ClusterSecretReference,
  { macs, cluster }: CompareParts,
  signal: AbortSignal,
): Promise<Side> {
  if (cluster === undefined)
    return { why: 'fingerprinter.yaml names no kubeconfig, so Secrets of the cluster are not read' };
  const found = await cluster.read(of, signal);
  if (found === undefined) return { why: `there is no Secret ${of.namespace}/${of.name} with that key` };
  const bytes = Buffer.from(found.data.reveal(), 'base64');
  try {
    return { mac: macs.of(bytes), version: undefined, changedAt: found.changedAt };
  } finally {
    bytes.fill(0);
  }
}

/** Since when the key holds it, without a gap. */
function sinceOf(rows: ReadonlyMap<number, VersionRow>, key: string, mac: string, version: number): string | undefined {
  let at: string | undefined;
  for (let row = rows.get(version); row !== undefined && row.macs[key] === mac; row = rows.get(row.version - 1)) {
    at = row.at;
  }
  return at;
}

/** The newest other version that held what the other side has. */
function olderWith(
  rows: ReadonlyMap<number, VersionRow>,
  key: string,
  mac: string,
  than: number | undefined,
): number | undefined {
  let newest: number | undefined;
  for (const { version, macs } of rows.values()) {
    const held = macs[key];
    if (held === undefined || (than !== undefined && version >= than) || !sameMac(held, mac)) continue;
    if (version > (newest ?? 0)) newest = version;
  }
  return newest;
}
