import { createHash, randomBytes } from 'node:crypto';
import type { RequestState, RequestView, SecretWish } from '../../change/wire/secret.ts';
import { CastellanError, Secret } from '../../kit/index.ts';
import type { KeepScratch } from '../config/scratch.fixture.ts';
import type { Requester } from '../journal/quota-table.ts';
import { principalOf, type RequestCounts, type RequestTable } from '../journal/request-table.ts';
import type { Doings, LeaseWanted, Purpose, SecretPlace, Values, VaultDoor } from './door.ts';
import type { RequestsOptions } from './open.ts';
import { isOver, mayFollow } from './states.ts';
import type { Typed } from './writer.ts';

/** As the client in src/vault says it. */
export function vaultFault(code: string, message = `vault said ${code}`): CastellanError {
  return new CastellanError(code, 'agent', { message, next: 'look again' });
}

interface Version {
  readonly values: Map<string, string>;
  deletedAt?: Date;
  destroyed?: boolean;
}

type Call = keyof Doings | 'metadata' | 'mounts' | 'keys';

/** A key-value engine at `secret/` and a Kubernetes engine, in memory. */
export class MemoryVault implements VaultDoor {
  readonly secrets = new Map<string, Version[]>();
  /** What was done, without values. */
  readonly happened: string[];
  readonly calls: string[] = [];
  /** Called before each; what it throws is what Vault answers. */
  before: (call: Call) => void | Promise<void> = () => undefined;
  creationPath: string | undefined;
  /** Of what is unwrapped. */
  version: number | undefined;
  /** How much longer a token lives than was asked. */
  longerBy = 0;
  /** Of the token itself; as the lease, where it is not set. */
  tokenEnds: number | undefined;
  readonly revoked: string[] = [];
  readonly now: () => Date;
  readonly #wrapped = new Map<string, Values>();

  constructor(now: () => Date, happened: string[] = []) {
    this.now = now;
    this.happened = happened;
  }

  /** Another version, by whoever. */
  put(path: string, values: Readonly<Record<string, string>>): void {
    const versions = this.secrets.get(path) ?? [];
    versions.push({ values: new Map(Object.entries(values)) });
    this.secrets.set(path, versions);
  }

  read(path: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.secrets.get(path)?.at(-1)?.values ?? []);
  }

  readonly plain: VaultDoor['plain'] = {
    mounts: async () => {
      await this.#call('mounts');
      return [
        { name: 'secret/', kvVersion: 2 },
        { name: 'old', kvVersion: 1 },
        { name: 'database', kvVersion: undefined },
      ];
    },
    metadata: async ({ path }) => {
      await this.#call('metadata');
      const versions = this.#of(path);
      return {
        currentVersion: versions.length,
        updatedAt: undefined,
        versions: versions.map(({ deletedAt, destroyed = false }, at) => ({ version: at + 1, deletedAt, destroyed })),
      };
    },
    keys: async ({ path }, version) => {
      await this.#call('keys');
      return [...(this.#of(path)[version - 1]?.values.keys() ?? [])];
    },
  };

  async work<Result>(_purpose: Purpose, _seconds: number, work: (doing: Doings) => Promise<Result>): Promise<Result> {
    return work({
      wrap: async (place, version) => {
        await this.#call('wrap');
        const token = `wrapping-${randomBytes(8).toString('hex')}`;
        const found = this.#of(place.path)[version - 1]?.values ?? new Map<string, string>();
        const values = new Map([...found].map(([key, value]) => [key, new Secret(value)]));
        this.#wrapped.set(token, { values, version: this.version ?? version });
        this.happened.push(`read ${nameOf(place)}@${version}`);
        const creationPath = this.creationPath ?? `${place.mount}/data/${place.path}`;
        return { token: new Secret(token), creationPath, ttlSeconds: 60 };
      },
      unwrap: async (token) => {
        await this.#call('unwrap');
        const found = this.#wrapped.get(token.reveal());
        this.#wrapped.delete(token.reveal());
        if (found === undefined) throw vaultFault('vault-wrapping-gone');
        return found;
      },
      write: async (place, key, value, cas) => {
        await this.#call('write');
        const versions = this.secrets.get(place.path) ?? [];
        if (versions.length !== cas) throw vaultFault('vault-conflict');
        this.put(place.path, { ...this.read(place.path), [key]: value.reveal() });
        this.happened.push(`write ${nameOf(place)}#${key}@${cas + 1}`);
        return { version: cas + 1 };
      },
      mint: async (wanted) => {
        await this.#call('mint');
        return this.#mint(wanted);
      },
      revoke: async (lease) => {
        await this.#call('revoke');
        this.revoked.push(lease.reveal());
      },
    });
  }

  /** Somebody who took the wrapping token on its way opens it. */
  stealWrapped(): void {
    this.#wrapped.clear();
  }

  #mint({ role, namespace, ttlSeconds }: LeaseWanted) {
    const ends = this.now().getTime() + (ttlSeconds + this.longerBy) * 1_000;
    const exp = Math.floor((this.tokenEnds ?? ends) / 1_000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part({ exp })}.${randomBytes(24).toString('base64url')}`;
    this.happened.push(`mint ${role} in ${namespace}`);
    return {
      token: new Secret(token),
      lease: new Secret(`kubernetes/creds/${role}/${randomBytes(8).toString('hex')}`),
      expiresAt: new Date(ends),
    };
  }

  #of(path: string): readonly Version[] {
    const versions = this.secrets.get(path);
    if (versions === undefined) throw vaultFault('vault-not-found');
    return versions;
  }

  async #call(call: Call): Promise<void> {
    this.calls.push(call);
    await this.before(call);
  }
}

function nameOf({ mount, path }: SecretPlace): string {
  return `${mount}/${path}`;
}

/** Rows in memory: whoever has the database can do anything to them. */
export class MemoryRequests implements RequestTable {
  readonly rows = new Map<string, RequestView>();
  readonly audited: string[] = [];
  /** Thrown where a row would be written. */
  fault: (state: RequestState) => void = () => undefined;

  async add(view: RequestView): Promise<void> {
    this.fault(view.state);
    this.audited.push(`waiting ${view.id}`);
    this.rows.set(view.id, view);
  }

  async move(from: RequestState, to: RequestView): Promise<boolean> {
    if (!mayFollow(from, to.state)) return false;
    this.fault(to.state);
    this.audited.push(`${to.state} ${to.id}`);
    if (this.rows.get(to.id)?.state !== from) return false;
    this.rows.set(to.id, to);
    return true;
  }

  async note(view: RequestView): Promise<void> {
    if (isOver(view.state)) this.rows.set(view.id, view);
  }

  async tell({ id }: RequestView, what: string): Promise<void> {
    this.audited.push(`${what} ${id}`);
  }

  async get(id: string): Promise<RequestView | undefined> {
    return this.rows.get(id);
  }

  async latest(limit: number, open: boolean): Promise<readonly RequestView[]> {
    const all = [...this.rows.values()].toReversed();
    return all.filter(({ state }) => !open || !isOver(state)).slice(0, limit);
  }

  async open(): Promise<readonly RequestView[]> {
    return [...this.rows.values()].filter(({ state }) => !isOver(state));
  }

  async counts(by: Requester, since: Date): Promise<RequestCounts> {
    const all = [...this.rows.values()];
    const own = all.filter((view) => principalOf(view) === principalOf(by));
    const count = (views: readonly RequestView[]) => ({
      waiting: views.filter(({ state }) => state === 'waiting').length,
      lately: views.filter(({ createdAt }) => Date.parse(createdAt) > since.getTime()).length,
    });
    const [mine, everybody] = [count(own), count(all)];
    return { ...mine, allWaiting: everybody.waiting, allLately: everybody.lately };
  }
}

export const place = { mount: 'secret', path: 'apps/mail' } as const;
export const mailKey = { ...place, key: 'password' } as const;

/** One of every kind. */
export const someWishes: { readonly [Kind in SecretWish['kind']]: Extract<SecretWish, { kind: Kind }> } = {
  reveal: { kind: 'reveal', of: mailKey },
  write: { kind: 'write', of: mailKey },
  generate: { kind: 'generate', of: mailKey, length: 40, alphabet: 'letters-digits' },
  lease: { kind: 'lease', role: 'local-admin', namespace: 'mail', minutes: 30, clusterWide: false },
};

/** As a human types it, with what the page made of it. */
export function typing(value = randomBytes(18).toString('base64url')): Typed & { readonly commitment: string } {
  const salt = randomBytes(32);
  const commitment = createHash('sha256').update(salt).update(value).digest('hex');
  return { value: new Secret(value), salt: salt.toString('base64url'), commitment };
}

/** A row as `request` would have written it. */
export function waitingFor(id: string, wish: SecretWish, at: Date, more: Partial<RequestView> = {}): RequestView {
  return {
    id,
    wish,
    state: 'waiting',
    agent: 'claude',
    human: 'alice',
    reason: 'the exporter cannot log in',
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + 24 * 3_600_000).toISOString(),
    ...(wish.kind === 'lease' ? {} : { version: 3 }),
    ...more,
  };
}

/** Knows a cluster and lends from it; its kubeconfig is written below the scratch folder. */
export function requestConfig(scratch: KeepScratch): RequestsOptions['config'] {
  const kubeconfig = scratch.write(
    'etc/kubeconfig',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'home',
      contexts: [{ name: 'home', context: { cluster: 'home', user: 'reader' } }],
      clusters: [
        {
          name: 'home',
          cluster: {
            server: 'https://192.0.2.10:6443',
            'certificate-authority-data': Buffer.from('a certificate').toString('base64'),
          },
        },
      ],
      users: [{ name: 'reader', user: { token: randomBytes(18).toString('base64url') } }],
    }),
    0o600,
  );
  return {
    approval: { hours: 24, minutes: 240, twoPeople: [], pending: 3 },
    kubernetes: { kubeconfig, context: undefined },
    vault: {
      address: 'https://vault.example.net',
      plainHttp: false,
      caFile: undefined,
      namespace: undefined,
      peers: [],
      auth: { kind: 'token-file', file: '/run/castellan-keep/token', requiredPolicy: 'castellan-requests' },
      kubernetesMount: 'kubernetes',
      requestHours: 24,
      fingerprinter: undefined,
    },
  };
}
