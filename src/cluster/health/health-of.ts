import type { Kind } from '../kind.ts';
import { byConditions } from './conditions.ts';
import { event } from './event.ts';
import { autoscaler, disruptionBudget } from './guard.ts';
import { cronJob, job } from './job.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { volume, volumeClaim } from './storage.ts';
import type { KindHealth } from './verdict.ts';
import { daemonSet, replicated } from './workload.ts';

const byId: Readonly<Record<string, KindHealth>> = {
  '/Pod': pod,
  '/Node': node,
  '/Namespace': namespace,
  '/PersistentVolumeClaim': volumeClaim,
  '/PersistentVolume': volume,
  '/Event': event,
  'events.k8s.io/Event': event,
  'apps/Deployment': replicated,
  'apps/StatefulSet': replicated,
  'apps/ReplicaSet': replicated,
  'apps/DaemonSet': daemonSet,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'policy/PodDisruptionBudget': disruptionBudget,
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
};

/** Kinds that have no state: their names are all a list needs, and their content is large or private. */
const stateless = new Set(
  `/ConfigMap /ServiceAccount /Endpoints /LimitRange /PodTemplate apps/ControllerRevision coordination.k8s.io/Lease
  discovery.k8s.io/EndpointSlice rbac.authorization.k8s.io/Role rbac.authorization.k8s.io/RoleBinding
  rbac.authorization.k8s.io/ClusterRole rbac.authorization.k8s.io/ClusterRoleBinding storage.k8s.io/StorageClass
  scheduling.k8s.io/PriorityClass networking.k8s.io/IngressClass networking.k8s.io/NetworkPolicy`.split(/\s+/),
);

const namesOnly: KindHealth = {
  shape: 'metadata',
  columns: [],
  printed: true,
  cells: () => [],
  judge: () => ({ status: 'stateless', summary: '' }),
};

/** How a kind is judged: by its own rule, or by the conditions most kinds carry. */
export function healthOf({ group, kind }: Pick<Kind, 'group' | 'kind'>): KindHealth {
  const id = `${group}/${kind}`;
  if (stateless.has(id)) return namesOnly;
  return (Object.hasOwn(byId, id) ? byId[id] : undefined) ?? byConditions;
}
