import {
  at,
  type ClusterObject,
  type ClusterView,
  conditionsOf,
  endpointsOf,
  imagesOf,
  isBeingDeleted,
  isOver,
  isParked,
  listAt,
  numberAt,
  ownerOf,
  podSelectorOf,
  refText,
  replicasOf,
  type Survey,
  templatesFor,
  textAt,
  textsAt,
} from '../../cluster/index.ts';
import type { Untrusted } from '../../kit/index.ts';
import type {
  SnapshotFinding,
  SnapshotNode,
  SnapshotService,
  SnapshotVolume,
  SnapshotWorkload,
  TriageSnapshot,
} from './port.ts';
import type { Tier } from './rubric.ts';

/** A survey as plain data. Everything in it is redacted already; what others wrote of it is opened by whoever may. */
export interface SurveyFacts {
  readonly nodes: readonly SnapshotNode[];
  readonly workloads: readonly SnapshotWorkload[];
  readonly services: readonly Omit<SnapshotService, 'hosts'>[];
  readonly volumes: readonly Omit<SnapshotVolume, 'used'>[];
  readonly certificates: TriageSnapshot['certificates'];
  readonly findings: readonly SnapshotFinding[];
  /** Pods by the object that they are told under. */
  readonly pods: ReadonlyMap<string, readonly ClusterObject[]>;
  rootOf(object: ClusterObject): string;
}

const workloadKinds: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  CronJob: 'cronjobs.batch',
};
const kindIds: Readonly<Record<string, string>> = {
  ...workloadKinds,
  ReplicaSet: 'replicasets.apps',
  Job: 'jobs.batch',
};

export interface SurveyReading {
  /** By namespace. */
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly textOf: ((words: Untrusted) => string) | undefined;
}

export function factsOf(survey: Survey, { tiers, textOf }: SurveyReading): SurveyFacts {
  const { view } = survey;
  const rootOf = (object: ClusterObject): string => rootText(view, object);
  const live = view.all('pods').filter((pod) => !isOver(pod) && !isBeingDeleted(pod));
  const pods = Map.groupBy(live, rootOf);
  const tierOf = (namespace: string): Tier => tiers.get(namespace) ?? 'normal';
  const readsEndpoints =
    view.serves('endpointslices.discovery.k8s.io') && !isUnread(survey, 'endpointslices.discovery.k8s.io');
  return {
    nodes: view.all('nodes').map(nodeOf),
    workloads: workloadsOf(view, pods, tierOf),
    services: view.all('services').map((service) => serviceOf(view, service, rootOf, readsEndpoints)),
    volumes: view.all('persistentvolumeclaims').map(({ namespace, name, kind, group, body }) => ({
      object: refText({ group, kind, namespace, name }),
      bound: textAt(at(body, 'status'), 'phase') === 'Bound',
      storageClass: textAt(at(body, 'spec'), 'storageClassName') ?? null,
    })),
    certificates: view.all('certificates.cert-manager.io').map(certificateOf),
    findings: survey.findings.map(({ rule, severity, object, summary, detail, since }) => ({
      rule,
      severity,
      object: refText(object),
      root: rootOf(object),
      summary,
      detail: detail === undefined || textOf === undefined ? null : textOf(detail).slice(0, 200),
      since: since?.toISOString() ?? null,
    })),
    pods,
    rootOf,
  };

  function isUnread({ unread }: Survey, id: string): boolean {
    return unread.some(({ kindId }) => kindId === id);
  }
}

/** The workload an object belongs to, also where an operator made that; otherwise the owner at the top, but for nodes. */
function rootText(view: ClusterView, object: ClusterObject): string {
  let here = object;
  let workload: ClusterObject | undefined;
  for (let step = 0; step < 8; step += 1) {
    if (Object.hasOwn(workloadKinds, here.kind)) workload = here;
    const owner = ownerOf(here);
    if (owner === undefined || owner.kind === 'Node') break;
    const above = view.get(kindIds[owner.kind] ?? '', owner.namespace, owner.name);
    if (above === undefined) return refText(workload ?? owner);
    here = above;
  }
  return refText(workload ?? here);
}

function nodeOf(node: ClusterObject): SnapshotNode {
  const conditions = conditionsOf(node);
  const ready = conditions.find(({ type }) => type === 'Ready');
  return {
    name: node.name,
    // Unknown there means that its kubelet has stopped reporting: for whoever waits for it, that is down.
    ready: ready === undefined ? null : ready.status === 'True',
    schedulable: at(node.body, 'spec')?.['unschedulable'] !== true,
    pressures: conditions
      .filter(
        ({ type, status }) => /^(?:Memory|Disk|PID)Pressure$|^NetworkUnavailable$/.test(type) && status === 'True',
      )
      .map(({ type }) => type),
  };
}

function workloadsOf(
  view: ClusterView,
  pods: ReadonlyMap<string, readonly ClusterObject[]>,
  tierOf: (namespace: string) => Tier,
): readonly SnapshotWorkload[] {
  const made = (object: ClusterObject, desired: number, ready: number, parked: boolean): SnapshotWorkload => {
    const text = refText(object);
    const own = pods.get(text) ?? [];
    return {
      object: text,
      namespace: object.namespace,
      desired,
      ready,
      tier: tierOf(object.namespace),
      job: false,
      parked,
      nodes: [...new Set(own.flatMap(({ body }) => textAt(at(body, 'spec'), 'nodeName') ?? []))].sort(),
      images: [...new Set(own.flatMap(imagesOf))].sort().slice(0, 5),
      restarts: own.reduce((sum, pod) => sum + restartsOf(pod), 0),
    };
  };
  const replicated = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps']
    .flatMap((id) => view.all(id))
    .filter((object) => !isBeingDeleted(object) && (object.kind !== 'ReplicaSet' || ownerOf(object) === undefined))
    .map((object) => {
      const replicas = replicasOf(object) ?? { desired: numberAt(at(object.body, 'spec'), 'replicas') ?? 0, ready: 0 };
      return made(object, replicas.desired, replicas.ready, isParked(object));
    });
  const databases = view.all('clusters.postgresql.cnpg.io').map((object) => {
    const asleep = textAt(at(object.body, 'metadata', 'annotations'), 'cnpg.io/hibernation') === 'on';
    const [wanted, ready] = [at(object.body, 'spec'), at(object.body, 'status')];
    return made(
      object,
      asleep ? 0 : (numberAt(wanted, 'instances') ?? 1),
      numberAt(ready, 'readyInstances') ?? 0,
      asleep,
    );
  });
  const alone = [...pods].flatMap(([root, own]) =>
    own.filter((pod) => refText(pod) === root).map((pod) => made(pod, 1, isReady(pod) ? 1 : 0, false)),
  );
  return [...replicated, ...databases, ...alone];
}

function isReady(pod: ClusterObject): boolean {
  return conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function restartsOf({ body }: ClusterObject): number {
  return listAt(at(body, 'status'), 'containerStatuses').reduce(
    (sum, one) => sum + (numberAt(one, 'restartCount') ?? 0),
    0,
  );
}

function serviceOf(
  view: ClusterView,
  service: ClusterObject,
  rootOf: (object: ClusterObject) => string,
  readsEndpoints: boolean,
): Omit<SnapshotService, 'hosts'> {
  const selector = podSelectorOf(service);
  const behind =
    selector === undefined
      ? []
      : [
          ...view.selected('pods', service.namespace, selector).filter((pod) => !isOver(pod)),
          ...templatesFor(view, service.namespace, selector)
            .filter(({ wants }) => wants !== 'batch')
            .map(({ owner }) => owner),
        ];
  return {
    object: refText(service),
    readyEndpoints: endpointsOf(view, service).ready,
    backs: [...new Set(behind.map(rootOf))].sort(),
    // Without the slices nobody knows what is ready; that they were not read is said.
    selects: selector !== undefined && readsEndpoints,
  };
}

function certificateOf(certificate: ClusterObject): TriageSnapshot['certificates'][number] {
  const ready = conditionsOf(certificate).find(({ type }) => type === 'Ready')?.status;
  const end = Date.parse(textAt(at(certificate.body, 'status'), 'notAfter') ?? '');
  return {
    object: refText(certificate),
    hosts: textsAt(at(certificate.body, 'spec'), 'dnsNames').slice(0, 5),
    notAfter: Number.isNaN(end) ? null : new Date(end).toISOString(),
    ready: ready === 'True' ? true : ready === 'False' ? false : null,
  };
}
