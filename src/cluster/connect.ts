import { CastellanError, type ProbeFinding } from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { askAccess } from './access.ts';
import { createDiscovery } from './discovery.ts';
import { clusterError } from './errors.ts';
import { listAll, objectOf, targetOf } from './list.ts';
import { readLogs } from './logs/read.ts';
import { managersIn } from './managers.ts';
import type { ClusterReader } from './reader.ts';
import { unmeasured } from './self-check/findings.ts';
import { createSelfCheck, type SelfCheck } from './self-check/self-check.ts';
import { readTable } from './server-table.ts';
import { type Bearer, credentialSource } from './transport/credential.ts';
import { inClusterLogin, type Login, readKubeconfig } from './transport/kubeconfig.ts';
import { createTransport, type Transport } from './transport/transport.ts';
import { watchKind } from './watch.ts';
import { createObjectRedactor, type ObjectRedactor } from './withholding/object-redactor.ts';

export type ClusterConfig = {
  readonly deadlineMs: number;
  readonly ceilingBytes?: number;
} & (
  | {
      readonly kubeconfig: string;
      readonly context?: string | undefined;
      /** The token of the one context that is read, in place of what its user has. */
      readonly bearer: Bearer;
    }
  | { readonly kubeconfig: string; readonly context?: string | undefined; readonly contexts?: readonly string[] }
  | { readonly inCluster: true }
);

export interface ClusterConnection extends AsyncDisposable {
  readonly reader: ClusterReader;
  /** One for each allowed context, `reader` first. */
  readonly readers: readonly ClusterReader[];
  /** Reachability, version, identity and rights of every allowed context. */
  probe(signal: AbortSignal): Promise<readonly ProbeFinding[]>;
}

const defaultCeilingBytes = 32 * 1024 * 1024;

/** What a reader of one context is made of. */
interface Member {
  readonly login: Login;
  readonly transport: Transport;
  readonly selfCheck: SelfCheck;
  readonly reader: ClusterReader;
}

/**
 * Reads the kubeconfig and prepares every allowed context. A credential that may do more than look is refused here; a
 * cluster that cannot be reached is not a reason to give up: each reader makes the check before its first read.
 */
export async function connectCluster(
  config: ClusterConfig,
  { redactor }: { redactor: Redactor },
): Promise<ClusterConnection> {
  const logins = await loginsOf(config);
  const objects = createObjectRedactor(redactor);
  const members = new Map<string, Member>();
  const inContext = (context: string | undefined): ClusterReader => {
    const member = context === undefined ? members.values().next().value : members.get(context);
    if (member !== undefined) return member.reader;
    throw clusterError('cluster-context-refused', {
      message: `the context ${JSON.stringify(context?.slice(0, 60))} is not one that may be read`,
      next: `leave context out, or give one of: ${[...members.keys()].join(', ')}`,
    });
  };
  for (const login of logins) members.set(login.context, memberOf(login, config, objects, inContext));

  const close = async (): Promise<void> => {
    const closeMember = async ({ selfCheck, transport }: Member): Promise<void> => {
      await selfCheck[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]();
    };
    await Promise.all([...members.values()].map(closeMember));
  };
  const first = members.values().next().value;
  if (first !== undefined) await refuseExcess(first, config.deadlineMs, close);
  return {
    reader: inContext(undefined),
    readers: [...members.values()].map(({ reader }) => reader),
    probe: async (signal) =>
      (await Promise.all([...members.values()].map((member) => probeMember(member, signal)))).flat(),
    [Symbol.asyncDispose]: close,
  };
}

async function loginsOf(config: ClusterConfig): Promise<readonly Login[]> {
  if ('inCluster' in config) return [inClusterLogin()];
  const main = await readKubeconfig(config.kubeconfig, config.context);
  if ('bearer' in config) return [main];
  const others = (config.contexts ?? []).filter((context) => context !== main.context);
  return [main, ...(await Promise.all(others.map((context) => readKubeconfig(config.kubeconfig, context))))];
}

async function refuseExcess(member: Member, deadlineMs: number, close: () => Promise<void>): Promise<void> {
  try {
    await member.selfCheck.assertReadOnly(AbortSignal.timeout(deadlineMs * 2));
  } catch (error) {
    // Not measured is no refusal yet: the reader asks again before its first read, and serves none until it passed.
    if (!(error instanceof CastellanError) || error.code !== 'cluster-overprivileged') return;
    await close();
    throw error;
  }
}

function memberOf(
  login: Login,
  config: ClusterConfig,
  objects: ObjectRedactor,
  inContext: ClusterReader['inContext'],
): Member {
  const { deadlineMs, ceilingBytes = defaultCeilingBytes } = config;
  const bearer = 'bearer' in config ? config.bearer : undefined;
  const credential = credentialSource(login, Date.now, bearer);
  const transport = createTransport({ login, credential, deadlineMs, ceilingBytes });
  const selfCheck = createSelfCheck(transport);
  const discovery = createDiscovery(transport);
  const reader: ClusterReader = {
    context: login.context,
    inContext,
    async kind(word, signal) {
      await selfCheck.assertReadOnly(signal);
      return discovery.resolve(word, signal);
    },
    async list(kind, options) {
      await selfCheck.assertReadOnly(options.signal);
      return listAll(transport, objects, kind, options);
    },
    async get(kind, name, { namespace, signal }) {
      await selfCheck.assertReadOnly(signal);
      return objectOf(kind, await transport.read(targetOf(kind, namespace, name), { signal }), objects);
    },
    async managers(kind, name, { namespace, fields, signal }) {
      await selfCheck.assertReadOnly(signal);
      return managersIn(await transport.read(targetOf(kind, namespace, name), { signal }), fields);
    },
    async table(kind, options) {
      await selfCheck.assertReadOnly(options.signal);
      return readTable(transport, objects, kind, options);
    },
    async logs(pod, options) {
      await selfCheck.assertReadOnly(options.signal);
      return readLogs(transport, objects, pod, options);
    },
    async *watch(kind, options) {
      await selfCheck.assertReadOnly(options.signal);
      yield* watchKind(transport, objects, kind, options);
    },
    async kinds(signal) {
      await selfCheck.assertReadOnly(signal);
      return discovery.kinds(signal);
    },
    async schema(group, version, signal) {
      await selfCheck.assertReadOnly(signal);
      return transport.read({ kind: 'schema', group, version }, { signal });
    },
    may: (action, signal) => askAccess(transport, action, signal),
  };
  return { login, transport, selfCheck, reader };
}

async function probeMember(member: Member, signal: AbortSignal): Promise<readonly ProbeFinding[]> {
  const findings = [await versionFinding(member, signal), ...(await member.selfCheck.findings(signal))];
  return findings.map((finding) => ({ ...finding, check: `${member.login.context}: ${finding.check}` }));
}

async function versionFinding({ transport }: Member, signal: AbortSignal): Promise<ProbeFinding> {
  const check = 'API server';
  try {
    const { gitVersion } = await transport.read({ kind: 'document', document: 'version' }, { signal });
    const version = typeof gitVersion === 'string' && /^v[\w.+-]{1,60}$/.test(gitVersion) ? gitVersion : undefined;
    return version === undefined
      ? { check, status: 'unknown', detail: `${transport.server} did not say its version` }
      : { check, status: 'pass', detail: `${transport.server}, ${version}` };
  } catch (error) {
    return unmeasured(check, error);
  }
}
