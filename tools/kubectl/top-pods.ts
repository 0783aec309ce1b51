import {
  ageText,
  at,
  type ClusterObject,
  type ContainerLoad,
  closeness,
  counted,
  isOver,
  type Load,
  loadShape,
  nameText,
  type PodLoad,
  podLoadOf,
  podsOf,
  readMetrics,
  resolveTarget,
  textAt,
} from '../../src/cluster/index.ts';
import type { Answer } from '../../src/kit/index.ts';
import { assertNamespace } from './namespace.ts';
import { allowanceText, amountText, pageOf, shareText, type TopRequest, unmeasured } from './top-page.ts';

/** From this share of a limit on, it is said how much is left. */
const near = 0.9;

interface Row {
  readonly name: string;
  readonly namespace: string;
  readonly cpu: Load;
  readonly memory: Load;
  /** One for a container, all for a pod. */
  readonly containers: readonly ContainerLoad[];
  readonly pending: boolean;
}

export async function topPods(request: TopRequest & { readonly each: 'pods' | 'containers' }): Promise<Answer> {
  const { cluster, namespace, selector, signal, now, sort, each } = request;
  const wanted = await targetPods(request);
  const kind = await cluster.kind('pods', signal);
  const where = wanted?.namespace ?? namespace;
  const [{ objects }, metrics] = await Promise.all([
    cluster.list(kind, { namespace: where, selector, shape: loadShape, signal }),
    readMetrics({ cluster, of: 'pods', namespace: where, selector, signal }),
  ]);
  if (objects.length === 0) await assertNamespace(cluster, namespace, signal);
  const pods = objects.filter((pod) => !isOver(pod) && (wanted === undefined || wanted.names.has(placeOf(pod))));
  const loads = pods.map((pod) => podLoadOf(pod, metrics.samples.get(placeOf(pod))));
  const rows = loads.flatMap((load) => (each === 'pods' ? [podRow(load)] : containerRows(load)));
  const running = loads.filter(({ pod }) => !isPending(pod));
  const measured = running.map(({ pod, measuredAt }) => ({ name: placeOf(pod), at: measuredAt }));
  const scope = where === undefined ? 'all namespaces' : `namespace ${where}`;
  return pageOf(request, [...rows].sort(orderBy(sort)), {
    coverage: {
      covered: `${pods.length} pods in ${scope}${selector === undefined ? '' : ` with ${selector}`}, context ${cluster.context}`,
      missing: unmeasured(metrics.missing, measured, now),
    },
    headline: [...(wanted?.said ?? []), headlineOf(rows, each, metrics.missing === undefined)].join('; '),
    columns: [
      'name',
      'namespace',
      'memory',
      'mem req/lim',
      'mem % of lim',
      'cpu',
      'cpu req/lim',
      'cpu % of lim',
      'marks',
    ],
    cells: (row) => cellsOf(row, now),
    narrow: 'narrow with namespace=, selector= or target=',
    notes: ['req/lim: request and limit, - is none; % is of the tightest container'],
  });
}

interface Wanted {
  readonly names: ReadonlySet<string>;
  /** The only namespace to look into. */
  readonly namespace: string | undefined;
  readonly said: readonly string[];
}

async function targetPods({ cluster, target, namespace, signal }: TopRequest): Promise<Wanted | undefined> {
  if (target === undefined) return undefined;
  const resolved = await resolveTarget({ cluster, target, namespace, signal });
  const pods = await podsOf({ cluster, resolved, signal });
  const [only, ...others] = new Set(pods.map((pod) => pod.namespace));
  return {
    names: new Set(pods.map(placeOf)),
    namespace: others.length === 0 ? only : undefined,
    said: resolved.said === undefined ? [] : [resolved.said],
  };
}

const placeOf = ({ namespace, name }: ClusterObject): string => `${namespace}/${name}`;

function isPending({ body }: ClusterObject): boolean {
  return textAt(at(body, 'status'), 'phase') !== 'Running';
}

function podRow({ pod, cpu, memory, containers }: PodLoad): Row {
  const { name, namespace } = pod;
  return { name, namespace, cpu, memory, containers, pending: isPending(pod) };
}

function containerRows({ pod, containers }: PodLoad): readonly Row[] {
  const { namespace } = pod;
  return containers.map((container) => {
    const { name, cpu, memory } = container;
    return {
      name: `${pod.name}/${nameText(name)}`,
      namespace,
      cpu,
      memory,
      containers: [container],
      pending: isPending(pod),
    };
  });
}

/** How near its limit a row is, by one resource or by the nearer of both. */
function nearness({ containers }: Row, ...resources: readonly ('cpu' | 'memory')[]): number | undefined {
  return closeness(resources.flatMap((resource) => containers.map((container) => container[resource])));
}

/** What was killed for want of memory was at its limit, however little it uses since. */
function worst(row: Row): number | undefined {
  const killed = row.containers.some(({ oomKilled }) => oomKilled !== undefined);
  const near = nearness(row, 'cpu', 'memory');
  return killed ? Math.max(1, near ?? 0) : near;
}

/** By use, or else nearest its limit first; without a measured limit, by memory used or else requested. */
function orderBy(sort: TopRequest['sort']): (a: Row, b: Row) => number {
  const keys: readonly ((row: Row) => number | undefined)[] =
    sort === undefined
      ? [worst, ({ memory }) => memory.used, ({ memory }) => memory.request]
      : [(row) => row[sort].used, (row) => row[sort].request];
  return (a, b) => {
    for (const key of keys) {
      const difference = (key(b) ?? -1) - (key(a) ?? -1);
      if (difference !== 0) return difference;
    }
    return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
  };
}

function headlineOf(rows: readonly Row[], each: string, measured: boolean): string {
  const close = rows.filter((row) => (nearness(row, 'cpu', 'memory') ?? 0) >= near);
  const unlimited = rows.filter(({ containers }) => containers.some(({ memory }) => memory.limit === undefined));
  const killed = rows.filter(({ containers }) => containers.some(({ oomKilled }) => oomKilled !== undefined));
  const total = (resource: 'cpu' | 'memory', what: 'used' | 'request'): string =>
    amountText[resource](rows.reduce((sum, row) => sum + (row[resource][what] ?? 0), 0));
  const totals = (what: 'used' | 'request'): string => `memory ${total('memory', what)}, cpu ${total('cpu', what)}`;
  return [
    `${rows.length} ${each}: ${measured ? `${close.length} at ${near * 100}% of a limit or more` : 'USAGE UNKNOWN'}`,
    ...(killed.length === 0 ? [] : [`${killed.length} killed for want of memory`]),
    ...(unlimited.length === 0 ? [] : [`${unlimited.length} without a memory limit`]),
    ...(measured ? [`used: ${totals('used')}`] : []),
    `requested: ${totals('request')}`,
  ].join('; ');
}

function cellsOf(row: Row, now: Date): readonly string[] {
  const { name, namespace, cpu, memory } = row;
  const share = (resource: 'cpu' | 'memory'): string => shareText(nearness(row, resource), 1);
  return [
    name,
    namespace,
    amountText.memory(memory.used),
    allowanceText('memory', memory),
    share('memory'),
    amountText.cpu(cpu.used),
    allowanceText('cpu', cpu),
    share('cpu'),
    marksOf(row, now).join('; '),
  ];
}

function marksOf(row: Row, now: Date): readonly string[] {
  const { containers, pending } = row;
  const tight = containers.flatMap(({ memory: { used, limit } }) =>
    used !== undefined && limit ? [{ left: limit - used, limit }] : [],
  );
  const least = tight.filter(({ left, limit }) => left <= limit * (1 - near)).sort((a, b) => a.left - b.left)[0];
  const killed = containers.find(({ oomKilled }) => oomKilled !== undefined)?.oomKilled;
  const ago = killed?.at === undefined ? '' : ` ${ageText(now.getTime() - killed.at.getTime())} ago`;
  const restarts = containers.reduce((sum, container) => sum + container.restarts, 0);
  const unlimited = containers.filter(({ memory }) => memory.limit === undefined).length;
  return [
    ...(pending ? ['not running'] : []),
    ...(least === undefined
      ? []
      : [least.left <= 0 ? 'at its memory limit' : `${amountText.memory(least.left)} of memory left`]),
    ...(killed === undefined ? [] : [`OOMKilled${ago}`]),
    ...(restarts === 0 ? [] : [counted(restarts, 'restart')]),
    ...(unlimited === 0
      ? []
      : [
          unlimited === containers.length
            ? 'no memory limit'
            : `${unlimited} of ${containers.length} containers without memory limit`,
        ]),
  ];
}
