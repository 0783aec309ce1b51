import type { SecretReference } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import { fingerprinterError } from './errors.ts';
import type { HistoryRows } from './history-rows.ts';
import { idOf } from './history-rows.ts';
import { type Judge, type KnownSecret, takeIn, unknownSecret } from './known-secret.ts';
import { assertOnlyReads, pathsOf } from './rights.ts';
import type { KvMount, SecretVersions, VaultReads, VersionValues } from './vault-reads.ts';
import { walk } from './walk.ts';

/**
 * Reads Vault, as little of it as will do.
 *
 *  look     lists and metadata of every secret: one whose metadata says something new is read, its new versions alone
 *  full     the same, and what was refused before is tried again; and mounts of KV version 1, which have no versions, are read whole
 *  unread   a path that Vault refuses or that does not make sense: told, and no reason to stop. Vault itself failing is
 */
export interface Reader {
  readonly secrets: ReadonlyMap<string, KnownSecret>;
  readonly mounts: readonly string[];
  /** Why, by path. */
  readonly unread: ReadonlyMap<string, string>;
  pass(kind: 'look' | 'full', signal: AbortSignal): Promise<void>;
  /** One secret, now. Errors: `fingerprinter-excluded`, `fingerprinter-token-writes`, and those of Vault. */
  one(mount: string, path: string, signal: AbortSignal): Promise<KnownSecret>;
  /** What it holds now, or held in a version; for a comparison. Errors: the same. */
  values(of: Pick<SecretReference, 'mount' | 'path' | 'version'>, signal: AbortSignal): Promise<VersionValues>;
}

export interface ReaderOptions {
  readonly vault: VaultReads;
  readonly rows: HistoryRows;
  readonly judge: Judge;
  /** Undefined: all. */
  readonly mounts: readonly string[] | undefined;
  readonly exclude: readonly string[];
  readonly now: () => Date;
  /** The set is another now. */
  changed(): void;
}

const atOnce = 4;
/** Of each secret: older ones are in nobody's logs any more. */
const mostVersions = 10;
const mostSecrets = 20_000;
const deepest = 32;

/** About one path, where others may still be read. */
const ofOnePath: ReadonlySet<string> = new Set([
  'vault-refused',
  'vault-not-found',
  'vault-unsupported',
  'vault-rejected',
  'vault-reply-invalid',
  'vault-path-invalid',
]);

export function createReader(options: ReaderOptions): Reader {
  const { vault, rows, judge, exclude, now } = options;
  const secrets = new Map<string, KnownSecret>();
  const working = new Map<string, Promise<unknown>>();
  let unread = new Map<string, string>();
  let mountNames: readonly string[] = [];

  /** One at a time for each secret: a refresh does not wait for the rest of a pass, and does not get into its way. */
  const inTurn = <Result>(id: string, work: () => Promise<Result>): Promise<Result> => {
    const result = (working.get(id) ?? Promise.resolve()).then(work, work);
    working.set(id, result);
    const done = (): void => {
      if (working.get(id) === result) working.delete(id);
    };
    result.then(done, done);
    return result;
  };

  const secretOf = (mount: string, path: string): KnownSecret => {
    const id = idOf({ mount, path });
    const secret = secrets.get(id) ?? unknownSecret(mount, path);
    secrets.set(id, secret);
    return secret;
  };

  /** `deep`: also where nothing seems to be new. */
  const readVersions = (mount: KvMount, path: string, deep: boolean, signal: AbortSignal): Promise<KnownSecret> =>
    inTurn(idOf({ mount: mount.name, path }), async () => {
      const metadata = await vault.metadata(mount, path, signal);
      const known = secrets.get(idOf({ mount: mount.name, path }));
      const seen = signatureOf(metadata);
      if (known !== undefined && known.seen === seen && !deep) return known;
      await assertOnlyReads(vault, pathsOf(mount, path), signal);
      const secret = secretOf(mount.name, path);
      try {
        await takeVersions(mount, secret, metadata, signal);
        secret.refusal = undefined;
      } catch (error) {
        if (!isOfOnePath(error)) throw error;
        // It is not asked for again every few seconds: Vault's audit log is read by humans.
        secret.refusal = error;
      }
      secret.seen = seen;
      return secret;
    });

  const takeVersions = async (
    mount: KvMount,
    secret: KnownSecret,
    metadata: SecretVersions,
    signal: AbortSignal,
  ): Promise<void> => {
    const { path } = secret;
    if (isMadeAnew(rows.of(mount.name, path), metadata)) {
      rows.startAnew(mount.name, path);
      secret.read.clear();
      for (const value of secret.values.values()) value.version = 0;
    }
    const at = now();
    const readable = metadata.versions
      .filter(({ destroyed, deletedAt }) => !destroyed && (deletedAt === undefined || deletedAt > at))
      .sort((one, other) => other.version - one.version)
      .slice(0, mostVersions);
    for (const { version, createdAt } of readable) {
      if (secret.read.has(version)) continue;
      const { values } = await vault.values(mount, path, version, signal);
      const row = takeIn(secret, { version, createdAt, values }, judge);
      // Masked from here on, also where it cannot be remembered.
      options.changed();
      rows.add([row]);
    }
    const current = readable.find(({ version }) => version === metadata.currentVersion)?.version;
    if (secret.current === current) return;
    secret.current = current;
    options.changed();
  };

  /** Without versions there is nothing to remember but what is there now: each content that is new is the next version of ours. */
  const readWhole = (mount: KvMount, path: string, signal: AbortSignal): Promise<KnownSecret> =>
    inTurn(idOf({ mount: mount.name, path }), async () => {
      await assertOnlyReads(vault, pathsOf(mount, path), signal);
      const { values } = await vault.values(mount, path, undefined, signal);
      const secret = secretOf(mount.name, path);
      const before = rows.of(mount.name, path);
      const newest = Math.max(0, ...before.keys());
      const held = Object.fromEntries([...values].map(([key, value]) => [key, judge.macs.of(value.reveal())]));
      const same = JSON.stringify(before.get(newest)?.macs) === JSON.stringify(held);
      const version = same ? newest : newest + 1;
      const row = takeIn(secret, { version, createdAt: now(), values }, judge);
      options.changed();
      if (!same) rows.add([row]);
      secret.current = version;
      return secret;
    });

  const isExcluded = (id: string): boolean => exclude.some((place) => id === place || id.startsWith(`${place}/`));

  const wanted = async (signal: AbortSignal): Promise<readonly KvMount[]> => {
    const all = await vault.mounts(signal);
    const named = options.mounts;
    return all.filter(({ name }) => !isExcluded(name) && (named === undefined || named.includes(name)));
  };

  const pass = async (kind: 'look' | 'full', signal: AbortSignal): Promise<void> => {
    const mounts = await wanted(signal);
    const missed = new Map<string, string>();
    for (const place of exclude) missed.set(place, 'fingerprinter.yaml says that it is never read');
    for (const name of options.mounts ?? []) {
      if (!mounts.some((mount) => mount.name === name))
        missed.set(name, 'there is no KV mount of that name to be seen');
    }
    const found = new Set<string>();
    const visit = async ({ mount, path }: Place): Promise<readonly Place[]> => {
      const id = path === '' ? mount.name : `${mount.name}/${path}`.replace(/\/$/, '');
      if (path !== '' && isExcluded(id)) return [];
      try {
        if (path === '' || path.endsWith('/')) {
          if (path.split('/').length > deepest) throw new Unlisted(`lies deeper than ${deepest} folders`);
          const keys = await vault.list(mount, path.replace(/\/$/, ''), signal);
          return keys.map((key) => ({ mount, path: `${path}${key}` }));
        }
        if (found.size >= mostSecrets) throw new Unlisted(`more than ${mostSecrets} secrets are not read`);
        found.add(idOf({ mount: mount.name, path }));
        if (mount.kvVersion === 2) {
          const { refusal } = await readVersions(mount, path, kind === 'full', signal);
          if (refusal !== undefined) missed.set(id, refusal.message);
        } else if (kind === 'full' || !secrets.has(idOf({ mount: mount.name, path })))
          await readWhole(mount, path, signal);
      } catch (error) {
        if (!(error instanceof Unlisted || isOfOnePath(error))) throw error;
        missed.set(id, error.message);
      }
      return [];
    };
    await walk(
      mounts.map((mount): Place => ({ mount, path: '' })),
      atOnce,
      visit,
    );
    for (const { name, kvVersion } of mounts) {
      if (kvVersion === 1)
        missed.set(`${name}/`, 'KV version 1 has no versions: its values are read once an hour and at a refresh');
    }
    for (const [id, secret] of secrets) {
      // What it held stays known: it may still be in somebody's logs.
      if (!found.has(id) && secret.current !== undefined) secret.current = undefined;
    }
    mountNames = mounts.map(({ name }) => name).sort();
    unread = missed;
  };

  const readable = async (name: string, path: string, signal: AbortSignal): Promise<KvMount> => {
    if (isExcluded(`${name}/${path}`)) {
      throw fingerprinterError('fingerprinter-excluded', {
        message: `${name}/${path} is never read by the fingerprinter`,
        next: 'ask a human; `exclude` in fingerprinter.yaml names it',
      });
    }
    const mount = (await wanted(signal)).find((one) => one.name === name);
    if (mount !== undefined) return mount;
    throw fingerprinterError('fingerprinter-excluded', {
      message: `the fingerprinter reads no KV mount ${name}`,
      next: 'check the name of the mount; `mounts` in fingerprinter.yaml and its policy say which are read',
    });
  };

  return {
    secrets,
    get mounts() {
      return mountNames;
    },
    get unread() {
      return unread;
    },
    pass,
    one: async (name, path, signal) => {
      const mount = await readable(name, path, signal);
      const secret = await (mount.kvVersion === 2
        ? readVersions(mount, path, true, signal)
        : readWhole(mount, path, signal));
      if (secret.refusal !== undefined) throw secret.refusal;
      unread.delete(`${name}/${path}`);
      return secret;
    },
    values: async ({ mount: name, path, version }, signal) => {
      const mount = await readable(name, path, signal);
      // Its history says since when it is so, and what was before.
      await (mount.kvVersion === 2 ? readVersions(mount, path, true, signal) : readWhole(mount, path, signal));
      return vault.values(mount, path, version, signal);
    },
  };
}

interface Place {
  readonly mount: KvMount;
  /** Empty: the mount itself; with a slash at its end a folder. */
  readonly path: string;
}

class Unlisted extends Error {}

function isOfOnePath(error: unknown): error is CastellanError {
  return error instanceof CastellanError && ofOnePath.has(error.code);
}

function signatureOf({ currentVersion, updatedAt, versions }: SecretVersions): string {
  const each = versions.map(
    ({ version, createdAt, deletedAt, destroyed }) =>
      `${version}:${createdAt.getTime()}:${deletedAt?.getTime() ?? ''}:${destroyed}`,
  );
  return [currentVersion, updatedAt.getTime(), ...each].join(' ');
}

/** Its metadata was deleted and written again: versions count from one, and those of before are of another secret. */
function isMadeAnew(
  rows: ReadonlyMap<number, { readonly at: string }>,
  { versions, currentVersion }: SecretVersions,
): boolean {
  if (Math.max(0, ...rows.keys()) > currentVersion) return true;
  return versions.some(({ version, createdAt }) => {
    const row = rows.get(version);
    return row !== undefined && row.at !== createdAt.toISOString();
  });
}
