import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../cluster/index.ts';
import { CastellanError } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { accessError } from './errors.ts';

/** An API server hears of a new account and its role a moment after they are made. */
const attempts = 10;
const pauseMs = 500;
const settling: ReadonlySet<string> = new Set(['cluster-unauthorized', 'cluster-forbidden']);

/**
 * Connects as the daemon would, and reads. Returns what could not be made sure of, a line each. Throws
 * `init-not-read-only` and `init-credential-refused`.
 */
export async function verifyLogin(kubeconfig: string, context: string): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(kubeconfig, context);
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      if (error.code === 'cluster-overprivileged') throw excessive(error);
      if (!settling.has(error.code) || attempt === attempts) throw refused(error);
      await sleep(pauseMs);
    }
  }
}

async function readOnce(kubeconfig: string, context: string): Promise<readonly string[]> {
  await using connection = await connectCluster(
    { kubeconfig, context, deadlineMs: 10_000 },
    { redactor: createRedactor() },
  );
  const signal = AbortSignal.timeout(60_000);
  const pods = await connection.reader.kind('pods', signal);
  await connection.reader.list(pods, { namespace: 'default', shape: 'metadata', signal });
  const findings = await connection.probe(signal);
  // What the sweep of all namespaces found, a read now refuses for.
  await connection.reader.kind('pods', signal);
  return findings.flatMap(({ check, status, detail }) => (status === 'unknown' ? [`${check}: ${detail}`] : []));
}

function excessive(cause: CastellanError): CastellanError {
  return accessError('init-not-read-only', {
    message: `the role is in place, and something else gives its account more: ${cause.message}`,
    next: 'look for it with `kubectl get rolebindings,clusterrolebindings -A -o wide`, take it away, run this again',
    cause,
  });
}

function refused(cause: CastellanError): CastellanError {
  return accessError('init-credential-refused', {
    message: `the new credential was tried and does not work: ${cause.code}: ${cause.message}`,
    next: cause.next,
    cause,
  });
}
