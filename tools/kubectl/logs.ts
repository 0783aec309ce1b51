import { z } from 'zod';
import { type ClusterObject, logSourcesOf, matchLines, nameText, type PodLogs } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage, type TextAnswer, text, toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { fields, parseMoment } from './fields.ts';
import { type LogAnswerRequest, logAnswer, logPosition } from './log-answer.ts';
import { type PodsMeant, podsMeant } from './log-pods.ts';
import { type LogsRead, readLogs } from './log-read.ts';
import { goneEverywhere, podsOnceMeant, readStored, type StoredRequest } from './log-store.ts';
import { sourcesText } from './log-words.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

/** Each pod is a request or more; beyond these an agent says which it means. */
const mostPods = 10;

/** Read of each log when nothing is looked for: the newest lines are what is wanted. */
const tailLines = 2_000;

const defaultRows = 200;

const noPods = 'no pod, so no log; kubectl_describe tells why, kubectl_events what became of earlier ones';

const input = z.strictObject({
  target: fields.target.optional(),
  selector: fields.selector,
  namespace: fields.namespace,
  container: z.string().optional().describe('name, auto, all'),
  previous: z.boolean().optional().describe('run before'),
  since: fields.since,
  until: fields.until,
  grep: z.string().optional().describe('regex'),
  exclude: z.string().optional().describe('regex'),
  level: z.enum(['warn', 'error']).optional().describe('or worse'),
  around: z
    .number()
    .refine((lines) => Number.isInteger(lines) && lines >= 0 && lines <= 20, 'not 0 to 20')
    .optional()
    .describe('lines'),
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});
type LogsInput = z.output<typeof input>;

export const logs = defineTool({
  name: 'kubectl_logs',
  title: 'Logs',
  description: 'Logs of a pod, workload or app: redacted, repeats told once. Use before kubectl logs.',
  effect: 'read',
  input,
  async run(asked, { ports, signal, now: clock, page, room }) {
    refuseConflicts(asked);
    const position = logPosition.optional().parse(page.position);
    const now = position === undefined ? clock() : new Date(position.now);
    const { since, until } = windowOf(asked, now);
    const cluster = ports.cluster.inContext(asked.context);
    const { target, selector, namespace, container = 'auto' } = asked;
    const previous = asked.previous === undefined ? 'auto' : asked.previous ? 'only' : 'never';
    const window = { store: ports.logStore, container, since, until, before: position?.before, now, signal };
    const { grep, exclude, level, around = 0, limit = defaultRows } = asked;
    const answer = (logs: LogsRead, more: Pick<LogAnswerRequest, 'tail' | 'coverage' | 'notes'>): Promise<TextAnswer> =>
      logAnswer({
        ...more,
        asOf: clock(),
        asked: { since, until, grep, exclude, level, around },
        match: (pattern, texts) => matchLines(pattern, texts, signal),
        logs,
        limit,
        room,
        page,
        position,
        now,
      });
    const meant = await podsMeant({ cluster, target, selector, namespace, now, signal }).catch(asGone);
    if (meant instanceof CastellanError) {
      const of = target === undefined ? undefined : await podsOnceMeant(cluster, target, namespace, signal);
      const stored = await readStored({ ...window, of });
      if (stored.logs === undefined) throw goneEverywhere(meant, stored);
      const coverage = {
        covered: `from Loki: ${sourcesText(stored.logs.read.map(({ source }) => source))}; gone from context ${cluster.context}`,
        missing: stored.missing,
      };
      return answer(stored.logs, { tail: stored.tail, coverage, notes: [] });
    }
    const pods = meant.pods
      .slice(0, mostPods)
      .map((pod): PodToRead => ({ pod, ...logSourcesOf(pod, { container, previous, since, now }) }));
    assertContainer(container, pods);
    const sources = pods.flatMap((pod) => pod.sources);
    const tail = position === undefined && !isNarrowed(asked) ? tailLines : undefined;
    const read = await readLogs({ cluster, sources, since, tail, signal });
    const coverage = coverageOf(meant, read, cluster.context);
    const silent = pods.flatMap((one) =>
      one.silent.map(({ container: name, why }) => `${one.pod.name} ${name} ${why}`),
    );
    const notes = [...(silent.length === 0 ? [] : [`no log: ${silent.join('; ')}`]), ...notesOf(meant, pods)];
    if (read.read.length === 0) {
      const of = storedFor(meant, pods);
      const stored = await readStored({ ...window, of });
      const missing = [...(coverage.missing ?? []), ...stored.missing];
      if (stored.logs !== undefined) {
        const covered = `from Loki: ${sourcesText(stored.logs.read.map(({ source }) => source))}; of ${meant.what}, context ${cluster.context}`;
        return answer(stored.logs, { tail: stored.tail, coverage: { covered, missing }, notes });
      }
      const [failed] = read.failed;
      if (failed !== undefined && silent.length === 0 && stored.missing.length === 0) throw failed.error;
      const why = silent.length === 0 ? '' : `, ${silent.slice(0, 5).join('; ')}`;
      const headline = `${meant.what}: ${pods.length === 0 ? noPods : `no log${why}`}`;
      return text({
        asOf: clock(),
        coverage: { ...coverage, missing },
        headline,
        blocks: [],
        notes: notesOf(meant, pods),
      });
    }
    return answer(read, { tail, coverage, notes });
  },
});

type PodToRead = PodLogs & { readonly pod: ClusterObject };

/** Only what is gone is looked for elsewhere. */
function asGone(error: unknown): CastellanError {
  if (error instanceof CastellanError && error.code === 'log-gone') return error;
  throw error;
}

/** The pods whose log the cluster does not have: those there are, or those a workload had. */
function storedFor({ named }: PodsMeant, pods: readonly PodToRead[]): StoredRequest['of'] {
  const namespaces = new Set(pods.map(({ pod }) => pod.namespace));
  const [namespace] = namespaces.size === 1 ? namespaces : [];
  if (pods.length > 0) return { namespace, pods: pods.map(({ pod }) => pod.name) };
  return named === undefined ? undefined : { namespace: named.namespace, podPrefix: named.name };
}

function refuseConflicts({ target, selector }: LogsInput): void {
  if ((target === undefined) !== (selector === undefined)) return;
  throw kubectlError('arguments-conflict', {
    message: 'kubectl_logs was not run: it takes either target or selector',
    next: 'give target (deploy/web, pod/web-0, an app) or selector (app=web)',
  });
}

function windowOf(asked: LogsInput, now: Date): { readonly since: Date | undefined; readonly until: Date | undefined } {
  const momentOf = (given: string | undefined): Date | undefined =>
    given === undefined ? undefined : parseMoment(given, now);
  const [since, until] = [momentOf(asked.since), momentOf(asked.until)];
  if (since !== undefined && until !== undefined && since >= until) {
    throw kubectlError('arguments-conflict', {
      message: `kubectl_logs was not run: since (${since.toISOString()}) is not before until (${until.toISOString()})`,
      next: 'give an earlier since, or leave until out for now',
    });
  }
  return { since, until };
}

/** Whether lines are looked for that may lie anywhere in the log. */
function isNarrowed({ since, until, grep, exclude, level }: LogsInput): boolean {
  return [since, until, grep, exclude, level].some((given) => given !== undefined);
}

function assertContainer(container: string, pods: readonly PodToRead[]): void {
  const known = new Set(pods.flatMap(({ containers }) => containers));
  if (container === 'auto' || container === 'all' || known.size === 0 || known.has(container)) return;
  throw kubectlError('container-not-found', {
    message: `no pod that was asked for has a container ${JSON.stringify(container.slice(0, 63))}`,
    next: `there are: ${[...known].slice(0, 20).map(nameText).join(', ')}; or auto, or all`,
  });
}

function coverageOf({ pods, what }: PodsMeant, { read, failed }: LogsRead, context: string): Coverage {
  const covered = read.length === 0 ? 'no log' : sourcesText(read.map(({ source }) => source));
  const unread = failed.map(({ source, error }) => ({
    what: sourcesText([source]),
    why: `${error.code}: ${error.message}`,
  }));
  const rest = pods.slice(mostPods).map(({ name }) => name);
  const leftOut = {
    what: `${rest.length} more pods: ${rest.slice(0, 5).join(', ')}${rest.length > 5 ? ', …' : ''}`,
    why: `${mostPods} are read at once; name one as target`,
  };
  return {
    covered: `${covered}; of ${what}, context ${context}`,
    missing: [...(rest.length === 0 ? [] : [leftOut]), ...unread],
  };
}

function notesOf({ said }: PodsMeant, pods: readonly PodToRead[]): readonly string[] {
  const others = [...new Set(pods.flatMap((one) => one.others))];
  return [
    ...(said === undefined ? [] : [said]),
    ...(others.length === 0 ? [] : [`not read: ${others.slice(0, 10).join(', ')} (container=all, previous=true)`]),
  ];
}
