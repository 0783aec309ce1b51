import {
  at,
  type ClusterObject,
  conditionsOf,
  kindId,
  loadShape,
  type NodeLoad,
  nodeLoadOf,
  nodeLoadShape,
  readMetrics,
  resolveTarget,
} from '../../src/cluster/index.ts';
import { type Answer, CastellanError, type Coverage } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { amountText, pageOf, shareText, type TopRequest, unmeasured } from './top-page.ts';

export async function topNodes(request: TopRequest): Promise<Answer> {
  const { cluster, signal, now, sort } = request;
  const only = await targetNode(request);
  const kind = await cluster.kind('nodes', signal);
  const fieldSelector = only === undefined ? undefined : `metadata.name=${only}`;
  const [{ objects }, metrics, pods] = await Promise.all([
    cluster.list(kind, { fieldSelector, shape: nodeLoadShape, signal }),
    readMetrics({ cluster, of: 'nodes', signal }),
    readPods(request),
  ]);
  const loads = objects.map((node) =>
    nodeLoadOf({ node, sample: metrics.samples.get(`/${node.name}`), pods: pods.objects }),
  );
  const measured = loads.map(({ node, measuredAt }) => ({ name: node.name, at: measuredAt }));
  return pageOf(request, [...loads].sort(orderBy(sort)), {
    coverage: {
      covered: `${loads.length} nodes, context ${cluster.context}`,
      missing: [...unmeasured(metrics.missing, measured, now), ...pods.missing],
    },
    headline: headlineOf(loads, metrics.missing === undefined),
    columns: [
      'name',
      'memory',
      'mem % used',
      'mem % requested',
      'cpu',
      'cpu % used',
      'cpu % requested',
      'pods',
      'marks',
    ],
    cells: cellsOf,
    narrow: 'narrow with target=node/<name>; what runs there: kind=pods target=node/<name>',
    notes: ['% is of allocatable'],
  });
}

async function targetNode({ cluster, target, signal }: TopRequest): Promise<string | undefined> {
  if (target === undefined) return undefined;
  const { kind, object } = await resolveTarget({
    cluster,
    target: target.includes('/') ? target : `node/${target}`,
    signal,
  });
  if (kindId(kind) === 'nodes') return object.name;
  throw kubectlError('arguments-conflict', {
    message: `kubectl_top was not run: the target is a ${object.kind}, not a node`,
    next: 'give target=node/<name>, or leave kind out for the pods of the target',
  });
}

interface Pods {
  readonly objects: readonly ClusterObject[] | undefined;
  readonly missing: NonNullable<Coverage['missing']>;
}

/** Without them, requests are unknown and the rest still is an answer. */
async function readPods({ cluster, signal }: TopRequest): Promise<Pods> {
  try {
    const { objects } = await cluster.list(await cluster.kind('pods', signal), { shape: loadShape, signal });
    return { objects, missing: [] };
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'cluster-forbidden') throw error;
    return { objects: undefined, missing: [{ what: 'what pods requested', why: error.message }] };
  }
}

/** The nearest to full first: by use or, where that is unknown, by requests. */
function orderBy(sort: TopRequest['sort']): (a: NodeLoad, b: NodeLoad) => number {
  const resources = sort === undefined ? (['memory', 'cpu'] as const) : [sort];
  const fullness = ({ used, requested, allocatable }: NodeLoad): number =>
    Math.max(
      ...resources.map(
        (resource) =>
          (used[resource] ?? requested?.[resource] ?? 0) / (allocatable[resource] ?? Number.POSITIVE_INFINITY),
      ),
    );
  return (a, b) => fullness(b) - fullness(a) || (a.node.name < b.node.name ? -1 : 1);
}

function headlineOf(loads: readonly NodeLoad[], measured: boolean): string {
  const total = (of: (load: NodeLoad) => number | undefined): number | undefined =>
    loads.some((load) => of(load) === undefined) ? undefined : loads.reduce((sum, load) => sum + (of(load) ?? 0), 0);
  const part = (resource: 'cpu' | 'memory'): string => {
    const allocatable = total((load) => load.allocatable[resource]);
    const share = (amount: number | undefined): string =>
      `${amountText[resource](amount)} (${shareText(amount, allocatable)})`;
    const used = measured ? `${share(total(({ used }) => used[resource]))} used, ` : '';
    return `${resource} ${used}${share(total(({ requested }) => requested?.[resource]))} requested of ${amountText[resource](allocatable)}`;
  };
  const marked = loads.filter((load) => marksOf(load).length > 0).length;
  return [
    `${loads.length} nodes${measured ? '' : ': USAGE UNKNOWN'}`,
    ...(marked === 0 ? [] : [`${marked} under pressure, cordoned or not ready`]),
    part('memory'),
    part('cpu'),
  ].join('; ');
}

function cellsOf(load: NodeLoad): readonly string[] {
  const { node, used, requested, allocatable, pods } = load;
  const of = (resource: 'cpu' | 'memory'): readonly string[] => [
    amountText[resource](used[resource]),
    shareText(used[resource], allocatable[resource]),
    shareText(requested?.[resource], allocatable[resource]),
  ];
  return [
    node.name,
    ...of('memory'),
    ...of('cpu'),
    `${pods ?? '?'}/${allocatable.pods ?? '?'}`,
    marksOf(load).join('; '),
  ];
}

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

function marksOf({ node }: NodeLoad): readonly string[] {
  const conditions = conditionsOf(node);
  const is = (type: string): string | undefined => conditions.find((condition) => condition.type === type)?.status;
  const cordoned = at(node.body, 'spec')?.['unschedulable'] === true;
  return [
    ...(is('Ready') === 'True' ? [] : [is('Ready') === 'False' ? 'not ready' : 'readiness unknown']),
    ...pressures.filter((type) => is(type) === 'True'),
    ...(cordoned ? ['cordoned'] : []),
  ];
}
