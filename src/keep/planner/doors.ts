import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '../config/valid.ts';
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
}

/** Errors: `profile-unusable`, `sandbox-door-failed`. */
export async function openDoors(profile: Profile, folder: RunFolder, uid: number, openssl: string): Promise<Doors> {
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
      const door = keep(await startPostgresDoor({ ...at('postgres'), connection: profile.state.connection }));
      const port = freePort(5432);
      sockets.push({ from: door.socket, port, hosts: [] });
      connection = `postgres://plan@127.0.0.1:${port}/state?sslmode=disable`;
    }
  } catch (error) {
    await close();
    throw error;
  }
  const kubernetesPort = freePort(8001);
  return {
    binds,
    connection,
    kubernetesPort,
    sockets: () => [...sockets],
    refused: () => refusals.flatMap((list) => list()),
    async openKubernetes(allowedSecrets) {
      if (profile.kubernetes === undefined) return;
      const { kubeconfig, context } = profile.kubernetes;
      const proxy = keep(await startKubernetesProxy({ ...at('kubernetes'), kubeconfig, context, allowedSecrets }));
      sockets.push({ from: proxy.socket, port: kubernetesPort, hosts: [] });
      refusals.push(() => proxy.requests().refused);
    },
    [Symbol.asyncDispose]: close,
  };
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
