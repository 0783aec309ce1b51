import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../../kit/index.ts';
import type { ApplyProfile, Profile } from '../config/valid.ts';
import { trustBundle } from '../sandbox/binds.ts';
import { startChartMirror } from '../sandbox/doors/charts/mirror.ts';
import type { Door } from '../sandbox/doors/door.ts';
import { startKubernetesProxy } from '../sandbox/doors/kubernetes/proxy.ts';
import type { SecretAllowance } from '../sandbox/doors/kubernetes/secrets.ts';
import { startPassThrough } from '../sandbox/doors/pass-through.ts';
import { startPostgresDoor } from '../sandbox/doors/postgres/postgres-door.ts';
import type { Refusal } from '../sandbox/doors/refusals.ts';
import type { Bind, BoundSocket } from '../sandbox/port.ts';
import { unusable } from './errors.ts';
import type { RunFolder } from './run-folder.ts';

/** The addresses a run may reach, each behind a socket of its own in the run's folder. */
export interface Doors extends AsyncDisposable {
  readonly binds: readonly Bind[];
  /** For PG_CONN_STR. The keep logs in; there is no password inside. */
  readonly connection: string | undefined;
  /** Of the API server, inside. Behind it stands nothing until `openKubernetes`. */
  readonly kubernetesPort: number;
  sockets(): readonly BoundSocket[];
  /** Once it is known which Secrets the stack's state holds anyway. */
  openKubernetes(secrets: readonly SecretAllowance[]): Promise<void>;
  /** What the run asked the API server or the chart mirror for and did not get. */
  refused(): readonly Refusal[];
  /** Requests that reached the API server, by method. */
  forwarded(): Readonly<Record<string, number>>;
}

/** With which credentials the keep stands behind the doors: those that read, or those that write. */
export type Mode = 'plan' | 'apply';

export interface DoorsOptions {
  readonly mode: Mode;
  readonly uid: number;
  readonly openssl: string;
}

/** Errors: `profile-unusable`, `sandbox-door-failed`. */
export async function openDoors(
  profile: Profile,
  folder: RunFolder,
  { mode, uid, openssl }: DoorsOptions,
): Promise<Doors> {
  const writes = mode === 'apply';
  const account = writes ? applyAccountOf(profile) : profile.kubernetes;
  const opened: AsyncDisposable[] = [];
  const sockets: BoundSocket[] = [];
  const binds: Bind[] = [];
  const refusals: (() => readonly Refusal[])[] = [];
  const at = (name: string) => ({ socketPath: join(folder.doors, name), uid });
  const keep = <Opened extends Door>(door: Opened): Opened => {
    opened.push(door);
    return door;
  };
  const close = async (): Promise<void> => {
    for (const door of opened.splice(0)) await door[Symbol.asyncDispose]();
  };
  const taken = new Set(profile.endpoints.map(({ port }) => port));
  const freePort = (wanted: number): number => {
    let port = wanted;
    while (taken.has(port)) port += 1;
    taken.add(port);
    return port;
  };

  let connection: string | undefined;
  try {
    for (const [index, { port, there, hosts }] of addressesOf(profile).entries()) {
      const door = keep(await startPassThrough({ ...at(`${index}`), to: there }));
      sockets.push({ from: door.socket, port, hosts });
    }
    if (profile.charts !== undefined) {
      const mirror = keep(await startChartMirror({ ...at('charts'), ...profile.charts, openssl }));
      const authority = join(folder.given, 'authority.pem');
      await writeFile(authority, mirror.authority);
      await chmod(authority, 0o444);
      binds.push({ from: authority, to: trustBundle, writable: false });
      sockets.push(...mirror.sockets);
      for (const { port } of mirror.sockets) taken.add(port);
      refusals.push(() => mirror.refused());
    }
    if (profile.state.kind === 'pg') {
      const login = writes ? applyConnectionOf(profile) : profile.state.connection;
      const door = keep(await startPostgresDoor({ ...at('postgres'), connection: login, writes }));
      const port = freePort(5432);
      sockets.push({ from: door.socket, port, hosts: [] });
      connection = `postgres://plan@127.0.0.1:${port}/state?sslmode=disable`;
    }
  } catch (error) {
    await close();
    throw error;
  }
  const kubernetesPort = freePort(8001);
  let forwarded = (): Readonly<Record<string, number>> => ({});
  return {
    binds,
    connection,
    kubernetesPort,
    sockets: () => [...sockets],
    refused: () => refusals.flatMap((list) => list()),
    forwarded: () => forwarded(),
    async openKubernetes(allowedSecrets) {
      if (account === undefined) return;
      const { kubeconfig, context } = account;
      const token = writes ? undefined : profile.kubernetes?.token;
      const lent = token === undefined ? {} : { token };
      const options = { ...at('kubernetes'), kubeconfig, context, allowedSecrets, writes, ...lent };
      const proxy = keep(await startKubernetesProxy(options));
      sockets.push({ from: proxy.socket, port: kubernetesPort, hosts: [] });
      refusals.push(() => proxy.requests().refused);
      forwarded = () => proxy.requests().byMethod;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Undefined: the stack has nothing to do with a cluster. Errors: `profile-unusable`. */
function applyAccountOf({ name, kubernetes, apply }: Profile): ApplyProfile['kubernetes'] {
  if (kubernetes === undefined) return undefined;
  if (apply?.kubernetes !== undefined) return apply.kubernetes;
  throw unusable(
    `profile ${name} plans with an account of the cluster and has none to apply with`,
    'name a kubeconfig of an account that writes in apply.kubernetes of the profile in keep.yaml',
  );
}

/** Errors: `profile-unusable`. */
function applyConnectionOf({ name, apply }: Profile): Secret {
  if (apply?.connection !== undefined) return apply.connection;
  throw unusable(
    `profile ${name} reads the state from Postgres and has no role that writes it`,
    'name a file with the connection string of such a role in apply.connectionFrom of the profile in keep.yaml',
  );
}

/** Hosts of one port lead to one place: inside they have one address. */
function addressesOf({ name, endpoints }: Profile) {
  return [...Map.groupBy(endpoints, ({ port }) => port)].map(([port, group]) => {
    const [first, ...others] = group.map(({ to }) => to);
    if (first === undefined || others.some(({ host, port: other }) => host !== first.host || other !== first.port)) {
      throw unusable(
        `two endpoints of profile ${name} have port ${port} and lead to different places`,
        'give one of them another port: inside the sandbox all names have one address',
      );
    }
    return { port, there: first, hosts: group.map(({ host }) => host) };
  });
}
