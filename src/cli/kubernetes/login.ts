import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Secret } from '../../kit/index.ts';
import { placeWhole } from '../written-file.ts';
import { accessError } from './errors.ts';

/**
 * The kubeconfig of Castellan's own, in the data directory: for each context the server, its CA, and the name of a file
 * beside it with the token. A token alone in its file can be renewed under a running daemon, which reads it each minute.
 */
export const clusterShape = z.strictObject({
  server: z.string(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});
export type Cluster = z.output<typeof clusterShape>;

const ownShape = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Config'),
  'current-context': z.string(),
  clusters: z.array(z.strictObject({ name: z.string(), cluster: clusterShape })),
  users: z.array(z.strictObject({ name: z.string(), user: z.strictObject({ tokenFile: z.string() }) })),
  contexts: z.array(
    z.strictObject({ name: z.string(), context: z.strictObject({ cluster: z.string(), user: z.string() }) }),
  ),
});
type OwnKubeconfig = z.output<typeof ownShape>;

export interface NewLogin {
  readonly context: string;
  readonly cluster: Cluster;
  readonly token: Secret;
}

export function kubeconfigPath(home: string): string {
  return join(home, 'kubeconfig');
}

/** The contexts it has. Throws `init-login-foreign` when the file holds anything this command does not write. */
export function knownContexts(home: string): readonly string[] {
  return readOwn(home)?.contexts.map(({ name }) => name) ?? [];
}

/** Tries a login in a folder that is gone afterwards, whatever comes of it. */
export async function tried<Value>(
  home: string,
  login: NewLogin,
  attempt: (kubeconfig: string) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(join(home, 'trial-'));
  try {
    writeLogin(folder, login);
    return await attempt(kubeconfigPath(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds a context to the kubeconfig, or gives it another token. The token is in place before anything names it. */
export function writeLogin(home: string, { context, cluster, token }: NewLogin): void {
  const own = readOwn(home);
  const tokenFile = tokenFileName(context);
  const kubeconfig: OwnKubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': own?.['current-context'] ?? context,
    clusters: [...others(own?.clusters, context), { name: context, cluster }],
    users: [...others(own?.users, context), { name: context, user: { tokenFile } }],
    contexts: [...others(own?.contexts, context), { name: context, context: { cluster: context, user: context } }],
  };
  const path = kubeconfigPath(home);
  placeWhole({ path: join(home, tokenFile), text: `${token.reveal()}\n`, mode: 0o600, replace: true });
  placeWhole({ path, text: stringify(kubeconfig), mode: 0o600, replace: true });
}

function readOwn(home: string): OwnKubeconfig | undefined {
  const path = kubeconfigPath(home);
  if (!existsSync(path)) return undefined;
  try {
    return ownShape.parse(parse(readFileSync(path, 'utf8'), { maxAliasCount: 20 }));
  } catch (cause) {
    throw accessError('init-login-foreign', {
      message: `${path} is there and was not written by this command, so it was left alone`,
      next: 'move it away if it is not needed, or name another data directory with --home',
      cause,
    });
  }
}

function others<Entry extends { readonly name: string }>(entries: readonly Entry[] = [], name: string): Entry[] {
  return entries.filter((entry) => entry.name !== name);
}

/** A context may have any name. */
function tokenFileName(context: string): string {
  const plain = context.replace(/[^A-Za-z0-9._@-]/g, '_').slice(0, 80);
  const hash = createHash('sha256').update(context).digest('hex').slice(0, 8);
  return `kubeconfig.${plain === context ? plain : `${plain}-${hash}`}.token`;
}
