import { at, numberAt, textAt } from '../../cluster/fields.ts';
import type { ClusterObject } from '../../cluster/reader.ts';
import { rolloutStatusOf } from '../../cluster/rollout-status.ts';
import { fails, holds, type Look, unmeasured } from './look.ts';

/** Whether every replica of a workload is of its last change and available: what `kubectl rollout status` says, and a little more. */
export function judgeRollout(workload: ClusterObject): Look {
  const rollout = rolloutStatusOf(workload);
  if (rollout === undefined) return unmeasured('it is nothing that rolls out');
  if (at(workload.body, 'spec')?.['paused'] === true) return fails('its rollout is paused');
  if (rollout.state === 'manual') return unmeasured(rollout.says);
  if (rollout.state !== 'complete') return fails(rollout.says);
  const missing = workload.kind === 'StatefulSet' ? missingOfSet(workload) : undefined;
  return missing === undefined ? holds(rollout.says) : fails(missing);
}

/** kubectl counts ready pods only, and takes two revisions that nobody has written yet for the same. */
function missingOfSet({ body }: ClusterObject): string | undefined {
  const status = at(body, 'status');
  if (textAt(status, 'updateRevision') === undefined) return 'waiting for the controller to name the revision';
  const wanted = numberAt(at(body, 'spec'), 'replicas') ?? 1;
  const available = numberAt(status, 'availableReplicas') ?? 0;
  return available < wanted ? `waiting: ${available} of ${wanted} pods are available` : undefined;
}
