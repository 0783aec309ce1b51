import { type Claim, type Deployment, type KubeNode, type Pod, parseQuantity } from './kube-objects.ts';

/**
 * The exporter's page: a stand-in for kube-state-metrics, with the few series of it that alerts and questions need, under
 * the names it gives them. Usage of containers is not here: the kubelet of the lab serves that itself.
 */
export interface ClusterState {
  readonly pods: readonly Pod[];
  readonly deployments: readonly Deployment[];
  readonly claims: readonly Claim[];
  readonly nodes: readonly KubeNode[];
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

const hour = 3_600_000;

/** When each backup last succeeded, in hours before the exporter started. The second and third are the planted faults. */
const backups: Readonly<Record<string, number>> = { 'etcd-snapshot': 1, 'photos-offsite': 73, 'archive-offsite': 980 };

export function renderPage(state: ClusterState, started: Date): string {
  return [...standIn(started), ...podFamilies(state.pods), ...objectFamilies(state)].map(renderFamily).join('');
}

function standIn(started: Date): Family[] {
  return [
    family('castellan_lab_exporter_info', 'This is the exporter of the lab, not the program it stands in for.', [
      [{ stands_in_for: 'kube-state-metrics' }, 1],
    ]),
    family(
      'backup_last_success_timestamp_seconds',
      'When the backup last succeeded. Planted: nothing is backed up.',
      Object.entries(backups).map(([backup, hours]) => [
        { backup },
        Math.floor((started.getTime() - hours * hour) / 1_000),
      ]),
    ),
  ];
}

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

function podFamilies(pods: readonly Pod[]): Family[] {
  const each = (samples: (pod: Pod, labels: Record<string, string>) => readonly Sample[]): Sample[] =>
    pods.flatMap((pod) => samples(pod, { namespace: pod.metadata.namespace, pod: pod.metadata.name }));
  const eachContainer = (
    sample: (status: Pod['status']['containerStatuses'][number], labels: Record<string, string>) => Sample | undefined,
  ) =>
    each(({ status }, labels) =>
      status.containerStatuses
        .map((one) => sample(one, { ...labels, container: one.name }))
        .filter((one) => one !== undefined),
    );
  return [
    family(
      'kube_pod_info',
      'Where a pod runs.',
      each(({ spec }, labels) => [[{ ...labels, node: spec.nodeName }, 1]]),
    ),
    family(
      'kube_pod_status_phase',
      'The phase of a pod: 1 at the one it is in.',
      each(({ status }, labels) => phases.map((phase) => [{ ...labels, phase }, status.phase === phase ? 1 : 0])),
    ),
    family(
      'kube_pod_status_reason',
      'Why a pod is in its phase.',
      each(({ status: { reason } }, labels) => (reason === undefined ? [] : [[{ ...labels, reason }, 1]])),
    ),
    family(
      'kube_pod_status_ready',
      'Whether a pod is ready.',
      each(({ status }, labels) => {
        const ready = status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
        return ['true', 'false'].map((condition) => [
          { ...labels, condition },
          ready === (condition === 'true') ? 1 : 0,
        ]);
      }),
    ),
    family(
      'kube_pod_container_resource_limits',
      'The memory limit of a container.',
      each(({ spec }, labels) =>
        spec.containers.flatMap(({ name, resources: { limits } }) => {
          const memory = limits['memory'];
          const where = { ...labels, container: name, node: spec.nodeName, resource: 'memory', unit: 'byte' };
          return memory === undefined ? [] : [[where, parseQuantity(memory)] as const];
        }),
      ),
    ),
    {
      name: 'kube_pod_container_status_restarts_total',
      type: 'counter',
      help: 'How often a container was started again.',
      samples: eachContainer(({ restartCount }, labels) => [labels, restartCount]),
    },
    family(
      'kube_pod_container_status_waiting_reason',
      'Why a container waits.',
      eachContainer(({ state }, labels) => because(labels, state?.waiting?.reason)),
    ),
    family(
      'kube_pod_container_status_last_terminated_reason',
      'Why the container before this one ended.',
      eachContainer(({ lastState }, labels) => because(labels, lastState?.terminated?.reason)),
    ),
  ];
}

function because(labels: Readonly<Record<string, string>>, reason: string | undefined): Sample | undefined {
  return reason === undefined ? undefined : [{ ...labels, reason }, 1];
}

function objectFamilies({ deployments, claims, nodes }: ClusterState): Family[] {
  const ofDeployment = (value: (deployment: Deployment) => number): Sample[] =>
    deployments.map((one) => [{ namespace: one.metadata.namespace, deployment: one.metadata.name }, value(one)]);
  const claimLabels = ({ metadata }: Claim) => ({
    namespace: metadata.namespace,
    persistentvolumeclaim: metadata.name,
  });
  return [
    family(
      'kube_deployment_spec_replicas',
      'Replicas wanted.',
      ofDeployment(({ spec }) => spec.replicas),
    ),
    family(
      'kube_deployment_status_replicas_available',
      'Replicas available.',
      ofDeployment(({ status }) => status.availableReplicas),
    ),
    family(
      'kube_persistentvolumeclaim_info',
      'The class of a claim.',
      claims.map((one) => [{ ...claimLabels(one), storageclass: one.spec.storageClassName }, 1]),
    ),
    family(
      'kube_persistentvolumeclaim_status_phase',
      'The phase of a claim: 1 at the one it is in.',
      claims.flatMap((one) =>
        ['Pending', 'Bound', 'Lost'].map(
          (phase) => [{ ...claimLabels(one), phase }, one.status.phase === phase ? 1 : 0] as const,
        ),
      ),
    ),
    family(
      'kube_persistentvolumeclaim_resource_requests_storage_bytes',
      'What a claim asks for.',
      claims.map((one) => [claimLabels(one), parseQuantity(one.spec.resources.requests['storage'] ?? '0')]),
    ),
    family(
      'kube_node_status_condition',
      'The conditions of a node: 1 at the status each has.',
      nodes.flatMap(({ metadata, status: { conditions } }) =>
        conditions.flatMap((one) =>
          ['true', 'false', 'unknown'].map(
            (status) =>
              [
                { node: metadata.name, condition: one.type, status },
                one.status.toLowerCase() === status ? 1 : 0,
              ] as const,
          ),
        ),
      ),
    ),
  ];
}

function family(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function renderFamily({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
