import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { clusterError } from '../errors.ts';
import type { Plugin } from './plugin.ts';

/**
 * A kubeconfig is read here and goes no further: one context of it becomes a `Login`, what it must not hold is refused,
 * and neither the file nor its other users stay in memory.
 */
export interface Login {
  readonly context: string;
  readonly server: URL;
  readonly serverName?: string | undefined;
  readonly proxy?: string | undefined;
  readonly certificateAuthority?: Material | undefined;
  readonly certificate?: Material | undefined;
  readonly key?: Material | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly plugin?: Plugin | undefined;
  /** The settings of kubectl's own OIDC login, as client-node takes them. */
  readonly identityProvider?: Readonly<Record<string, unknown>> | undefined;
}

/** PEM, in the kubeconfig itself or beside it. */
export type Material = { readonly pem: Buffer } | { readonly file: string };

const clusterShape = z.object({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});

const userShape = z.object({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  as: z.unknown().optional(),
  'as-uid': z.unknown().optional(),
  'as-groups': z.unknown().optional(),
  'as-user-extra': z.unknown().optional(),
  exec: z
    .object({
      command: z.string().min(1),
      args: z.array(z.string()).nullish(),
      env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
      apiVersion: z.string().default('client.authentication.k8s.io/v1'),
      interactiveMode: z.string().optional(),
      provideClusterInfo: z.boolean().optional(),
    })
    .optional(),
  'auth-provider': z.object({ name: z.string(), config: z.record(z.string(), z.unknown()).nullish() }).optional(),
});

type Cluster = z.output<typeof clusterShape>;
type User = z.output<typeof userShape>;

const kubeconfigShape = z.object({
  'current-context': z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterShape })),
  // Only the user of the context that is read has to be understood.
  users: z.array(z.object({ name: z.string(), user: z.unknown().optional() })),
});

const maximumBytes = 2_000_000;

/** Reads one context. Throws `cluster-config-invalid` or `cluster-connection-insecure`; neither quotes the file. */
export async function readKubeconfig(file: string, context: string | undefined): Promise<Login> {
  const kubeconfig = kubeconfigShape.safeParse(parseYaml(file, await readText(file)));
  if (!kubeconfig.success) {
    const where = kubeconfig.error.issues[0]?.path.join('.') ?? '';
    throw invalid(`the kubeconfig ${file} is malformed${where === '' ? '' : ` at ${where}`}`);
  }
  const { contexts, clusters, users } = kubeconfig.data;
  const name = context ?? kubeconfig.data['current-context'] ?? '';
  const found = contexts.find((entry) => entry.name === name)?.context;
  if (found === undefined) {
    const known = contexts.map((entry) => entry.name).join(', ') || 'none';
    throw invalid(`the kubeconfig ${file} has no context ${JSON.stringify(name)}; it has: ${known}`);
  }
  const cluster = clusters.find((entry) => entry.name === found.cluster)?.cluster;
  const user = userOf(name, users.find((entry) => entry.name === found.user)?.user);
  if (cluster === undefined) throw invalid(`the cluster of context ${name} is missing from the kubeconfig ${file}`);
  if (user === undefined) throw invalid(`the user of context ${name} is missing from the kubeconfig ${file}`);
  refuseUnsafe(name, cluster, user);
  const folder = dirname(file);
  return {
    context: name,
    server: serverOf(name, cluster.server),
    serverName: cluster['tls-server-name'],
    proxy: cluster['proxy-url'],
    certificateAuthority: materialOf(folder, cluster['certificate-authority-data'], cluster['certificate-authority']),
    certificate: materialOf(folder, user['client-certificate-data'], user['client-certificate']),
    key: materialOf(folder, user['client-key-data'], user['client-key']),
    token: user.token,
    tokenFile: user.tokenFile === undefined ? undefined : resolve(folder, user.tokenFile),
    basic: user.username === undefined ? undefined : { username: user.username, password: user.password ?? '' },
    ...(hasOwnHeader(user) ? {} : { plugin: pluginOf(name, folder, user), identityProvider: providerOf(name, user) }),
  };
}

/** A pod's own ServiceAccount. The name is in every API server's certificate; no environment is asked. */
export function inClusterLogin(folder = '/var/run/secrets/kubernetes.io/serviceaccount'): Login {
  return {
    context: 'in-cluster',
    server: new URL('https://kubernetes.default.svc'),
    certificateAuthority: { file: `${folder}/ca.crt` },
    tokenFile: `${folder}/token`,
  };
}

function refuseUnsafe(context: string, cluster: Cluster, user: User): void {
  if (cluster['insecure-skip-tls-verify'] === true) {
    throw clusterError('cluster-connection-insecure', {
      message: `the context ${context} sets insecure-skip-tls-verify, so anyone on the way could take its credential`,
      next: "put the API server's CA into the kubeconfig as certificate-authority-data and remove insecure-skip-tls-verify",
    });
  }
  const impersonation = (['as', 'as-uid', 'as-groups', 'as-user-extra'] as const).filter(
    (field) => user[field] !== undefined && user[field] !== null,
  );
  if (impersonation.length > 0) {
    throw invalid(`the user of context ${context} impersonates another (${impersonation.join(', ')})`);
  }
}

function serverOf(context: string, text: string): URL {
  const server = URL.parse(text);
  const plainPath = server !== null && /^(\/[A-Za-z0-9._~-]+)*\/?$/.test(server.pathname) && !/\.\.|[%\\]/.test(text);
  if (server === null || !plainPath || server.username !== '' || server.password !== '' || server.search !== '') {
    throw invalid(`the server of context ${context} is not a plain URL`);
  }
  if (server.protocol === 'https:' || (server.protocol === 'http:' && isLoopback(server.hostname))) return server;
  throw clusterError('cluster-connection-insecure', {
    message: `the server of context ${context} is not an https:// URL, and its host is not on loopback`,
    next: "use the API server's https:// address in the kubeconfig",
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function userOf(context: string, given: unknown): User | undefined {
  if (given === undefined || given === null) return undefined;
  const user = userShape.safeParse(given);
  if (user.success) return user.data;
  throw invalid(`the user of context ${context} is malformed at ${user.error.issues[0]?.path.join('.') ?? 'its top'}`);
}

/** As with kubectl, a token or password in the kubeconfig goes before whatever would be asked for one. */
function hasOwnHeader({ token, tokenFile, username }: User): boolean {
  return token !== undefined || tokenFile !== undefined || username !== undefined;
}

function pluginOf(context: string, folder: string, { exec }: User): Plugin | undefined {
  if (exec === undefined) return undefined;
  const { command, args, env, apiVersion, interactiveMode, provideClusterInfo } = exec;
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) {
    throw invalid(`the credential plugin of context ${context} speaks an apiVersion that no kubectl speaks any more`);
  }
  if (interactiveMode === 'Always') {
    throw invalid(`the credential plugin of context ${context} wants a person at a terminal (interactiveMode: Always)`);
  }
  return {
    // As kubectl does it: a command with a slash is relative to the kubeconfig, a bare one is found on the PATH.
    command: command.includes('/') ? resolve(folder, command) : command,
    args: args ?? [],
    env: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    apiVersion,
    provideClusterInfo: provideClusterInfo === true,
  };
}

function providerOf(context: string, { 'auth-provider': provider }: User): Login['identityProvider'] {
  if (provider === undefined) return undefined;
  if (provider.name === 'oidc') return provider.config ?? {};
  throw clusterError('cluster-config-invalid', {
    message: `the user of context ${context} logs in by an auth-provider that kubectl no longer has either`,
    next: 'use a credential plugin (exec), or `castellan init kubernetes`, which makes an account with a token',
  });
}

function materialOf(folder: string, data: string | undefined, file: string | undefined): Material | undefined {
  if (data !== undefined) return { pem: Buffer.from(data, 'base64') };
  if (file === undefined) return undefined;
  return { file: isAbsolute(file) ? file : resolve(folder, file) };
}

async function readText(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > maximumBytes) throw invalid(`the kubeconfig ${file} is larger than ${maximumBytes} bytes`);
    return text;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('E')) {
      throw invalid(`the kubeconfig ${file} cannot be read (${cause.code})`, cause);
    }
    throw cause;
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20 });
  } catch (cause) {
    throw invalid(`the kubeconfig ${file} is not YAML`, cause);
  }
}

function invalid(message: string, cause?: unknown): Error {
  return clusterError('cluster-config-invalid', {
    message,
    next: 'correct `kubernetes` in castellan.yaml or the kubeconfig it names, then run `castellan doctor`',
    ...(cause === undefined ? {} : { cause }),
  });
}
