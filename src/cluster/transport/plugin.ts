import { basename } from 'node:path';
import { z } from 'zod';
import { Secret } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';

/**
 * A credential plugin: the program a kubeconfig names under `exec`. It is run as kubectl runs it, with one difference: a
 * daemon has no terminal, so a plugin that would ask somebody gets no input and is ended when it waits. What it prints
 * beside its answer is dropped, and no error repeats any of it.
 */
export interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** Whether the kubeconfig wants the plugin told which cluster it is for. */
  readonly provideClusterInfo: boolean;
}

/** What kubectl tells a plugin of the cluster. */
export interface ClusterInfo {
  readonly server: string;
  readonly 'tls-server-name'?: string | undefined;
  readonly 'proxy-url'?: string | undefined;
  readonly 'certificate-authority-data'?: string | undefined;
}

export interface PluginCredential {
  readonly token: Secret | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Absent: good until the API server refuses it. */
  readonly expires: Date | undefined;
}

const longestMs = 30_000;
const mostBytes = 1_000_000;

const answerShape = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z
    .object({
      token: z.string().min(1).optional(),
      clientCertificateData: z.string().optional(),
      clientKeyData: z.string().optional(),
      expirationTimestamp: z.coerce.date().optional(),
    })
    .refine((status) => (status.clientCertificateData === undefined) === (status.clientKeyData === undefined))
    .refine((status) => status.token !== undefined || status.clientCertificateData !== undefined),
});

/** Throws `cluster-credential-failed`. */
export async function runPlugin(
  { command, args, env, apiVersion, provideClusterInfo }: Plugin,
  info: ClusterInfo,
  limitMs: number = longestMs,
): Promise<PluginCredential> {
  // Loaded here: few kubeconfigs have a plugin, and it takes a while to load.
  const { execa } = await import('execa');
  const spec = { interactive: false, ...(provideClusterInfo ? { cluster: info } : {}) };
  const running = execa(command, args, {
    env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }) },
    stdin: 'ignore',
    stderr: 'ignore',
    reject: false,
    maxBuffer: mostBytes,
    // A group of its own, so that what it started can be ended with it.
    detached: true,
  });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    endGroup(running.pid);
  }, limitMs);
  const done = await running.finally(() => clearTimeout(limit));
  const name = `the credential plugin ${basename(command)}`;
  if (late) throw failed(`${name} gave nothing within ${limitMs / 1_000} s`, 'it must answer without asking anybody');
  if (done.failed) throw failed(`${name} ${endOf(done)}`, 'see what it says');
  const answer = answerShape.safeParse(jsonOf(done.stdout)).data;
  if (answer?.apiVersion !== apiVersion)
    throw failed(`${name} printed no ExecCredential of ${apiVersion}`, 'see what it prints');
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: expires } = answer.status;
  return { token: token === undefined ? undefined : new Secret(token), cert, key, expires };
}

interface Ended {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function endOf({ code, exitCode, signal }: Ended): string {
  if (code !== undefined && exitCode === undefined) return `could not be run (${code})`;
  return exitCode === undefined ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${exitCode}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A syntax error quotes the text, which may be a token.
    return undefined;
  }
}

function failed(message: string, then: string): Error {
  return clusterError('cluster-credential-failed', {
    message,
    next: `run it by hand as the user Castellan runs as: ${then}; or let \`castellan init kubernetes\` make a login`,
  });
}
