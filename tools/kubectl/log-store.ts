import { type ClusterReader, type LogSource, parseTarget } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage, type Reach } from '../../src/kit/index.ts';
import type { LogStore, PodLogQuery } from '../../src/monitoring/port.ts';
import { kubectlError } from './errors.ts';
import type { LogsRead } from './log-read.ts';

/** Lines that the cluster no longer has, as Loki kept them: read, redacted and shown as those of the kubelet are. */
export interface Stored {
  /** Undefined: nothing was asked, or there was no line. */
  readonly logs: LogsRead | undefined;
  /** What `logAnswer` needs to know of a log of which older lines are left; undefined: all of the window were read. */
  readonly tail: number | undefined;
  readonly missing: NonNullable<Coverage['missing']>;
  /** Whether Loki answered or failed to; false where there is none. */
  readonly asked: boolean;
}

export interface StoredRequest {
  readonly store: Reach<LogStore> | undefined;
  /** Undefined: no pods can be meant. */
  readonly of: Pick<PodLogQuery, 'namespace' | 'pods' | 'podPrefix'> | undefined;
  /** `auto` and `all`: whichever there are. */
  readonly container: string;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  /** Of a cursor, in ms: what is newer was told. */
  readonly before: number | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
}

const nothing: Stored = { logs: undefined, tail: undefined, missing: [], asked: false };

/** As many lines as are redacted and searched at once, and as far back as one question to Loki reaches. */
const mostLines = 5_000;
const longestMs = 7 * 86_400_000;

/** Never throws for a Loki that fails: what it has is then unknown, which `missing` says. */
export async function readStored(request: StoredRequest): Promise<Stored> {
  const { store, of, container, since, before, signal } = request;
  if (store === undefined || of === undefined) return nothing;
  const last = Math.min((request.until ?? request.now).getTime(), before ?? Number.POSITIVE_INFINITY);
  const first = Math.max(since?.getTime() ?? 0, last - longestMs);
  if (first >= last) return nothing;
  const missing =
    since !== undefined && since.getTime() < first
      ? [{ what: `Loki before ${new Date(first).toISOString()}`, why: 'seven days are read at once; give until' }]
      : [];
  try {
    const query = {
      ...of,
      container: container === 'auto' || container === 'all' ? undefined : container,
      from: new Date(first),
      to: new Date(last),
      limit: mostLines,
    };
    const { lines, truncated } = await (await store()).ofPods(query, signal);
    if (lines.length === 0) return { ...nothing, missing, asked: true };
    const tail = truncated ? lines.length : undefined;
    return { logs: logsOf(lines, truncated), tail, missing, asked: true };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CastellanError)) throw error;
    if (error.code === 'monitoring-unconfigured') return nothing;
    return { ...nothing, missing: [{ what: 'Loki', why: `${error.code}: ${error.message}` }], asked: true };
  }
}

type Lines = Awaited<ReturnType<LogStore['ofPods']>>['lines'];

function logsOf(lines: Lines, truncated: boolean): LogsRead {
  const byContainer = Map.groupBy(lines, ({ labels }) =>
    JSON.stringify(['namespace', 'pod', 'container'].map((name) => labels[name])),
  );
  const read = [...byContainer.values()].map((own) => {
    const labels = own[0]?.labels ?? {};
    const source: LogSource = {
      namespace: labels['namespace'] ?? '',
      pod: labels['pod'] ?? '',
      container: labels['container'] ?? '',
      previous: false,
      ended: undefined,
    };
    const bytes = own.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    // Of a window that was not read to its beginning, any of the logs may go on before it.
    const received = { lines: truncated ? lines.length : own.length, bytes };
    return {
      source,
      reading: { lines: own.map(({ at, text }) => ({ at, text })), received, dropped: 0, withheld: {} },
    };
  });
  return { read, failed: [] };
}

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob']);

/** Which pods a target meant that is not in the cluster any more; undefined: it is of a kind that has no pods. */
export async function podsOnceMeant(
  cluster: ClusterReader,
  target: string,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<StoredRequest['of']> {
  const asked = parseTarget(target, namespace);
  // A word may have been a pod or what made it.
  if (asked.form === 'word')
    return isPodName(asked.word)
      ? { namespace: asked.namespace, pods: [asked.word], podPrefix: asked.word }
      : undefined;
  const { kind } = await cluster.kind(asked.kind, signal);
  if (!isPodName(asked.name)) return undefined;
  if (kind === 'Pod') return { namespace: asked.namespace, pods: [asked.name] };
  return workloads.has(kind) ? { namespace: asked.namespace, podPrefix: asked.name } : undefined;
}

function isPodName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name);
}

/** Nobody has it: what the cluster said, and what Loki did. */
export function goneEverywhere(gone: CastellanError, { missing, asked }: Stored): CastellanError {
  if (!asked) return gone;
  const [failed] = missing.filter(({ what }) => what === 'Loki');
  const told =
    failed === undefined
      ? 'Loki has no line of it in this time either'
      : `Loki may have its log, but failed: ${failed.why}`;
  return kubectlError('log-gone', { message: `${gone.message}; ${told}`, next: gone.next, cause: gone });
}
