import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CastellanError, Secret } from '../../kit/index.ts';
import { classify } from '../../redaction/known/classify.ts';
import { createFingerprinter } from '../../redaction/known/fingerprint.ts';
import type { FingerprinterConfig } from './config.ts';
import type { FingerprintMaker } from './known-secret.ts';
import type { KvMount, VaultReads } from './vault-reads.ts';

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const make: FingerprintMaker = { ...createFingerprinter(), classify };
export const randomValue = (): string => randomBytes(24).toString('base64url');
export const never = new AbortController().signal;

interface Version {
  values: Record<string, string>;
  createdAt: Date;
  deletedAt: Date | undefined;
  destroyed: boolean;
}

/** A Vault in memory, as the fingerprinter sees one; it counts what it is asked. */
export class ScriptedVault implements VaultReads {
  readonly kv: KvMount[] = [{ name: 'secret', kvVersion: 2 }];
  readonly secrets = new Map<string, Version[]>();
  /** `GET secret/data/apps/mail?version=1`, in order. */
  readonly asked: string[] = [];
  readonly refused = new Set<string>();
  readonly rights = new Map<string, readonly string[]>();
  down: CastellanError | undefined;
  #clock = Date.parse('2026-01-01T00:00:00.000Z');

  write(id: string, values: Record<string, string>): void {
    const versions = this.secrets.get(id) ?? [];
    versions.push({ values, createdAt: this.#tick(), deletedAt: undefined, destroyed: false });
    this.secrets.set(id, versions);
  }

  remove(id: string, version: number): void {
    this.#of(id, version).deletedAt = this.#tick();
  }

  destroy(id: string, version: number): void {
    this.#of(id, version).destroyed = true;
    this.#of(id, version).values = {};
  }

  reads(): readonly string[] {
    return this.asked.filter((line) => line.includes('/data/'));
  }

  mounts = async (): Promise<readonly KvMount[]> => {
    this.#ask('mounts');
    return this.kv;
  };

  list = async ({ name }: KvMount, path: string): Promise<readonly string[]> => {
    this.#ask(`LIST ${name}/metadata/${path}`);
    const prefix = path === '' ? `${name}/` : `${name}/${path}/`;
    const names = [...this.secrets.keys()]
      .filter((id) => id.startsWith(prefix))
      .map((id) => id.slice(prefix.length).replace(/\/.*/, '/'));
    return [...new Set(names)];
  };

  metadata = async ({ name }: KvMount, path: string) => {
    this.#ask(`GET ${name}/metadata/${path}`);
    const versions = this.secrets.get(`${name}/${path}`);
    if (versions === undefined) throw vaultSaid('vault-not-found');
    return {
      currentVersion: versions.length,
      updatedAt: versions.at(-1)?.createdAt ?? new Date(0),
      versions: versions.map(({ createdAt, deletedAt, destroyed }, index) => ({
        version: index + 1,
        createdAt,
        deletedAt,
        destroyed,
      })),
    };
  };

  values = async ({ name, kvVersion }: KvMount, path: string, version?: number) => {
    this.#ask(kvVersion === 1 ? `GET ${name}/${path}` : `GET ${name}/data/${path}?version=${version}`);
    const versions = this.secrets.get(`${name}/${path}`) ?? [];
    const number = version ?? versions.length;
    const found = versions[number - 1];
    if (found === undefined || found.destroyed || found.deletedAt !== undefined) throw vaultSaid('vault-not-found');
    const values = new Map(Object.entries(found.values).map(([key, value]) => [key, new Secret(value)]));
    return { values, version: number, createdAt: found.createdAt };
  };

  capabilities = async (paths: readonly string[]) => {
    this.#ask('capabilities');
    return new Map(paths.map((path) => [path, this.rights.get(path) ?? ['read', 'list']]));
  };

  #of(id: string, version: number): Version {
    const found = this.secrets.get(id)?.[version - 1];
    if (found === undefined) throw new Error(`${id} has no version ${version}`);
    return found;
  }

  #ask(what: string): void {
    this.asked.push(what);
    if (this.down !== undefined) throw this.down;
    if ([...this.refused].some((place) => what.includes(place))) throw vaultSaid('vault-refused');
  }

  #tick(): Date {
    this.#clock += 60_000;
    return new Date(this.#clock);
  }
}

export function vaultSaid(code: string): CastellanError {
  return new CastellanError(code, 'operator', { message: `Vault said ${code}`, next: 'look at it' });
}

/** A folder of this test's own, as a fingerprinter would have it. */
export class FingerprinterScratch implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-fp-')));

  config(more: Partial<FingerprinterConfig> = {}): FingerprinterConfig {
    return {
      file: join(this.folder, 'fingerprinter.yaml'),
      socket: join(this.folder, 'run/fp.sock'),
      stateDirectory: join(this.folder, 'state'),
      vault: {
        address: 'http://127.0.0.1:1',
        plainHttp: false,
        caFile: undefined,
        namespace: undefined,
        peers: [],
        auth: { kind: 'token-file', file: '/nowhere', requiredPolicy: 'castellan-fingerprinter' },
      },
      kubernetes: undefined,
      mounts: undefined,
      exclude: [],
      intervalSeconds: 3_600,
      ...more,
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
