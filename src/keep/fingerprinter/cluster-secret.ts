import { z } from 'zod';
import type { ClusterSecretReference } from '../../change/wire/secret.ts';
import { credentialSource } from '../../cluster/transport/credential.ts';
import { readKubeconfig } from '../../cluster/transport/kubeconfig.ts';
import { PoolByCertificate } from '../../cluster/transport/pool.ts';
import { CastellanError, Secret } from '../../kit/index.ts';
import { fingerprinterError } from './errors.ts';

/**
 * The one thing that is asked of Kubernetes for a Secret: GET of one object, by its namespace and name, with an account of the
 * fingerprinter's own. The daemon's transport has no path to Secrets at all; this one has a path to nothing else.
 */
export interface ClusterSecrets extends AsyncDisposable {
  /** Undefined: there is no such Secret, or it has no such key. Errors: `cluster-secret-unreadable` and those of the login. */
  read(of: ClusterSecretReference, signal: AbortSignal): Promise<ClusterValue | undefined>;
}

export interface ClusterValue {
  /** Base64, as the API has it. */
  readonly data: Secret;
  /** When the object was last written, as far as it says. */
  readonly changedAt: string | undefined;
}

const namespace = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const name = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const deadlineMs = 10_000;
/** etcd holds no larger object. */
const mostBytes = 4_000_000;

const secretObject = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({
    creationTimestamp: z.string().optional(),
    managedFields: z.array(z.object({ time: z.string().optional() })).optional(),
  }),
  data: z.record(z.string(), z.string()).optional(),
});

/** Of checked segments alone. Errors: `cluster-secret-unreadable`. */
export function secretPath({ namespace: space, name: called }: ClusterSecretReference): string {
  if (!namespace.test(space) || !name.test(called) || called.includes('..')) {
    throw unreadable('its namespace or name is none', 'give the plain namespace and name of the Secret');
  }
  return `/api/v1/namespaces/${space}/secrets/${called}`;
}

export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context: string | undefined;
}

export function openClusterSecrets({ kubeconfig, context }: ClusterAccess): ClusterSecrets {
  let open: Promise<Awaited<ReturnType<typeof logIn>>> | undefined;
  const connect = () => {
    // A kubeconfig that cannot be read now may be there at the next question.
    open ??= logIn({ kubeconfig, context }).catch((error: unknown) => {
      open = undefined;
      throw error;
    });
    return open;
  };
  return {
    read: async (of, signal) => {
      const path = secretPath(of);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      try {
        const { login, credential, pool } = await connect();
        const { tls, authorization } = await credential();
        const prefix = login.server.pathname.replace(/\/$/, '');
        const { statusCode, body } = await pool.for(tls).request({
          origin: login.server.origin,
          path: prefix + path,
          method: 'GET',
          signal: deadline,
          headers: {
            accept: 'application/json',
            'user-agent': 'castellan-fingerprinter',
            ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
          },
        });
        if (statusCode !== 200) await body.dump();
        if (statusCode === 404) return undefined;
        if (statusCode !== 200) throw refused(statusCode);
        return valueIn(await bytesOf(body), of.key);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CastellanError) throw error;
        // Without its cause: what a driver throws may hold what was answered.
        throw deadline.aborted
          ? unreadable('the API server did not answer in time', 'ask again')
          : unreadable('the API server could not be reached', 'check `kubernetes` in fingerprinter.yaml');
      }
    },
    [Symbol.asyncDispose]: async () => {
      const opened = await open?.catch(() => undefined);
      await opened?.pool.close();
    },
  };
}

async function logIn({ kubeconfig, context }: ClusterAccess) {
  const login = await readKubeconfig(kubeconfig, context);
  return { login, credential: credentialSource(login), pool: new PoolByCertificate(login, 2) };
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > mostBytes) throw unreadable('it is larger than a Secret can be', 'check what answers at that address');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function valueIn(bytes: Buffer, key: string): ClusterValue | undefined {
  const parsed = secretObject.safeParse(jsonOf(bytes));
  if (!parsed.success) throw unreadable('what came back is no Secret', 'check what answers at that address');
  const { metadata, data = {} } = parsed.data;
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) return undefined;
  const times = (metadata.managedFields ?? []).flatMap(({ time }) => (time === undefined ? [] : [time]));
  return { data: new Secret(value), changedAt: times.sort().at(-1) ?? metadata.creationTimestamp };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined; // Told as what it is: no Secret.
  }
}

function refused(status: number): Error {
  if (status === 401 || status === 403) {
    return unreadable(
      `the fingerprinter's account may not read it (${status})`,
      'a human binds the account of fingerprinter.yaml to a role that may get Secrets',
    );
  }
  return unreadable(`the API server answered ${status}`, 'ask again; if it stays, look at the API server');
}

function unreadable(why: string, next: string): CastellanError {
  return fingerprinterError('cluster-secret-unreadable', { message: `the Secret could not be read: ${why}`, next });
}
