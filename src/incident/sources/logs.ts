import {
  type ClusterReader,
  type LogSource,
  logSourcesOf,
  matchLines,
  messageTemplate,
  podsOf,
  resolveTarget,
} from '../../cluster/index.ts';
import { CastellanError, oneLine } from '../../kit/index.ts';
import type { LogAnswer, LogStore } from '../../monitoring/port.ts';
import { type Ask, invalid, type Line, partOf, reached, type Seen, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp, toSecond } from './time.ts';

/**
 * Log lines of the window, newest kept. Rows are lines of failure, those that say the same as one row.
 *
 *  target     whose pods: `deploy/web`, `pod/web-0`, an app. What the cluster no longer has is asked of Loki
 *  namespace  where the target is
 *  query      a regular expression over the lines, case ignored; or LogQL, which begins with `{`: then Loki alone is asked
 *  limit      rows
 */
export const logsSource = ({ cluster, logStore }: SourcePorts): SourceDefinition => ({
  name: 'logs',
  missing: cluster === undefined && logStore === undefined ? 'neither a cluster nor Loki is configured' : undefined,
  asks({ target, namespace, query }) {
    if (target === undefined && !isLogQl(query))
      throw invalid('it is not said whose logs', 'give target, or LogQL as query');
    const what = isLogQl(query)
      ? `LogQL ${query}`
      : `logs ${target}${namespace === undefined ? '' : `, namespace ${namespace}`}`;
    return { query: isLogQl(query) || query === undefined ? what : `${what}, matching ${query}` };
  },
  async look(ask) {
    const { query, window, until, signal } = ask;
    if (query !== undefined && isLogQl(query)) {
      const store = await reached(logStore, 'Loki');
      const problem = store.problemIn(query);
      if (problem !== undefined)
        throw invalid(`the query is not LogQL: ${problem}`, 'correct it, or give a regular expression and a target');
      const answer = await store.lines({ query, from: window.from, to: until, limit: mostLines }, signal);
      return told(ofStore(answer), { unread: [], truncated: answer.truncated });
    }
    const live = await fromCluster(cluster, ask);
    const stored = live.isGone ? await fromStore(logStore, ask) : { lines: [], unread: [], truncated: false };
    const lines = [...live.lines, ...stored.lines].sort((a, b) => a.at.getTime() - b.at.getTime());
    const hits =
      query === undefined
        ? undefined
        : await matchLines(
            query,
            lines.map(({ text }) => text),
            signal,
          );
    const kept = hits === undefined ? lines : lines.filter((_, index) => hits[index] === true);
    return told(kept, {
      notes: live.notes,
      unread: [...live.unread, ...stored.unread],
      truncated: live.truncated || stored.truncated,
    });
  },
});

const mostLines = 2_000;
const mostPods = 6;
const longestLine = 1_000;

interface LogText {
  readonly at: Date;
  /** `shop/web-0 app`. */
  readonly from: string;
  readonly text: string;
}

interface Part {
  readonly lines: readonly LogText[];
  readonly unread: readonly string[];
  readonly truncated: boolean;
}

function isLogQl(query: string | undefined): boolean {
  return query?.trimStart().startsWith('{') === true;
}

async function fromCluster(
  cluster: SourcePorts['cluster'],
  { target = '', namespace, context, window, until, now, signal }: Ask,
): Promise<Part & { readonly isGone: boolean; readonly notes: readonly string[] }> {
  const none = { lines: [], truncated: false, isGone: true, notes: [] };
  if (cluster === undefined) return { ...none, unread: ['the cluster: it is not configured'] };
  const found = await partOf(
    'pods',
    async () => {
      const reader = (await cluster()).inContext(context);
      return { reader, pods: await podsMeant(reader, target, namespace, signal) };
    },
    signal,
  );
  if (found.value === undefined) return { ...none, unread: found.unread };
  const { reader, pods } = found.value;
  if (pods === undefined || pods.length === 0)
    return { ...none, notes: [`no pod of ${target} is there now`], unread: [] };
  const sources = pods
    .slice(0, mostPods)
    .flatMap((pod) => logSourcesOf(pod, { container: 'auto', previous: 'auto', since: window.from, now }).sources);
  const read = await Promise.all(
    sources.map((source) => readLog(reader, source, window.from, until, sources.length, signal)),
  );
  const oldest = pods.reduce((first, { created }) => Math.min(first, created?.getTime() ?? 0), now.getTime());
  return {
    lines: read.flatMap(({ lines }) => lines),
    unread: [
      ...read.flatMap(({ unread }) => unread),
      ...(pods.length > mostPods ? [`${pods.length - mostPods} more pods: ${mostPods} are read at once`] : []),
    ],
    truncated: read.some(({ truncated }) => truncated),
    // Pods that are younger than the window had others before them.
    isGone: oldest > window.from.getTime(),
    notes: [],
  };
}

async function podsMeant(cluster: ClusterReader, target: string, namespace: string | undefined, signal: AbortSignal) {
  try {
    return await podsOf({ cluster, resolved: await resolveTarget({ cluster, target, namespace, signal }), signal });
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'target-not-found') return undefined;
    throw error;
  }
}

async function readLog(
  cluster: ClusterReader,
  { namespace, pod, container, previous }: LogSource,
  since: Date,
  until: Date,
  among: number,
  signal: AbortSignal,
): Promise<Part> {
  const from = `${namespace}/${pod} ${container}${previous ? ' before its restart' : ''}`;
  const options = { container, previous, since, room: Math.floor(2_000_000 / among), signal };
  const read = await partOf(`the log of ${from}`, () => cluster.logs({ namespace, name: pod }, options), signal);
  const lines = (read.value?.lines ?? []).flatMap(({ at, text }) =>
    at === undefined || at < since || at > until ? [] : [{ at, from, text }],
  );
  return { lines, unread: read.unread, truncated: (read.value?.dropped ?? 0) > 0 };
}

async function fromStore(
  logStore: SourcePorts['logStore'],
  { target = '', namespace, window, until, signal }: Ask,
): Promise<Part> {
  const none = { lines: [], truncated: false };
  if (logStore === undefined) return { ...none, unread: ['logs of pods that are gone: no Loki is configured'] };
  const [name = '', kind, first] = target.split('/').reverse();
  const where = first ?? namespace;
  if (where === undefined) return { ...none, unread: ['logs of pods that are gone: Loki needs their namespace'] };
  const isPod = /^pods?$|^po$/i.test(kind ?? '');
  const query = {
    namespace: where,
    from: window.from,
    to: until,
    limit: mostLines,
    ...(isPod ? { pods: [name] } : { podPrefix: `${name}-` }),
  };
  const read = await partOf(
    'Loki',
    async () => (await reached<LogStore>(logStore, 'Loki')).ofPods(query, signal),
    signal,
  );
  return {
    lines: read.value === undefined ? [] : ofStore(read.value),
    unread: read.unread,
    truncated: read.value?.truncated === true,
  };
}

function ofStore({ lines }: LogAnswer): readonly LogText[] {
  return lines.map(({ at, labels, text }) => {
    const place = ['namespace', 'pod', 'container'].map((label) => labels[label]).filter((part) => part !== undefined);
    return { at, text, from: place.length === 0 ? 'Loki' : place.join('/') };
  });
}

/** What pods that are there and Loki both have is told once; the newest lines stay. */
function told(lines: readonly LogText[], more: Omit<Seen, 'lines'>): Seen {
  const unique = [...new Map(lines.map((line) => [`${line.at.getTime()} ${line.text}`, line])).values()];
  const shown = newestThatFit(unique);
  const failing = Map.groupBy(
    shown.filter(({ text }) => failure.test(text.slice(0, 500))),
    ({ from, text }) => `${from}\n${messageTemplate(text.slice(0, 300))}`,
  );
  const rowOf = new Map<LogText, Line['row']>();
  for (const alike of failing.values()) {
    const [first] = alike;
    const last = alike.at(-1);
    if (first === undefined || last === undefined) continue;
    rowOf.set(first, {
      at: toSecond(first.at),
      ...(alike.length > 1 ? { until: toSecond(last.at), count: alike.length } : {}),
      precision: 'second',
      about: first.from,
      text: 'logged a failure',
      quote: oneLine(first.text, longestLine).slice(0, 400),
      warning: true,
    });
  }
  return {
    ...more,
    truncated: more.truncated === true || shown.length < unique.length,
    lines: shown.map((line) => ({ text: lineText(line), row: rowOf.get(line) })),
  };
}

const failure =
  /\b(?:errors?|exception|fail(?:ed|ure|s)?|fatal|panic|could not|cannot|unable to|timed out|refused|denied|killed|out of memory)\b/i;
/** Less than a payload holds, for what stands around it. */
const roomBytes = 60_000;

function lineText({ at, from, text }: LogText): string {
  return `${stamp(at)} ${from}: ${oneLine(text, longestLine)}`;
}

function newestThatFit(lines: readonly LogText[]): readonly LogText[] {
  let held = 0;
  let index = lines.length;
  while (index > 0) {
    const line = lines[index - 1];
    held += line === undefined ? 0 : Buffer.byteLength(lineText(line)) + 1;
    if (held > roomBytes) break;
    index -= 1;
  }
  return lines.slice(index);
}
