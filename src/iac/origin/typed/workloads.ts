import { type BlockType, block } from './block-type.ts';
import { claimSpec, metadata, podSpec, selector, template } from './pod.ts';

/** What a resource of the kubernetes provider makes. */
export interface TypedKind {
  readonly kind: string;
  readonly body: BlockType;
}

/** The provider's own words beside metadata and spec of any object. */
export const timeouts = 'timeouts id';

/** An object with metadata and a spec; `dropped` are the provider's own words beside them. */
export function object(kind: string, spec: BlockType, dropped = ''): TypedKind {
  return { kind, body: block({ one: { metadata, spec }, dropped: `${timeouts} ${dropped}`.trim() }) };
}

const rolling = block({ either: 'max_surge max_unavailable', number: 'partition' });
const strategy = block({ text: 'type', one: { rolling_update: rolling } });

const deployment = object(
  'Deployment',
  block({
    number: 'min_ready_seconds progress_deadline_seconds replicas revision_history_limit',
    flag: 'paused',
    one: { template, selector, strategy },
  }),
  'wait_for_rollout',
);
const daemonSet = object(
  'DaemonSet',
  block({
    number: 'min_ready_seconds revision_history_limit',
    one: { template, selector, strategy: ['updateStrategy', strategy] },
  }),
  'wait_for_rollout',
);
const statefulSet = object(
  'StatefulSet',
  block({
    text: 'pod_management_policy service_name',
    number: 'replicas revision_history_limit',
    one: {
      template,
      selector,
      update_strategy: strategy,
      persistent_volume_claim_retention_policy: block({ text: 'when_deleted when_scaled' }),
    },
    list: { volume_claim_template: ['volumeClaimTemplates', block({ one: { metadata, spec: claimSpec } })] },
  }),
  'wait_for_rollout',
);

const failureRule = block({
  text: 'action',
  one: { on_exit_codes: block({ text: 'container_name operator', hidden: 'values' }) },
  list: { on_pod_condition: ['onPodConditions', block({ text: 'status type' })] },
});
const jobSpec = block({
  text: 'completion_mode',
  number: 'active_deadline_seconds backoff_limit completions parallelism ttl_seconds_after_finished',
  flag: 'manual_selector',
  one: { template, selector, pod_failure_policy: block({ list: { rule: ['rules', failureRule] } }) },
});
const cronJob = object(
  'CronJob',
  block({
    text: 'schedule concurrency_policy timezone',
    number: 'failed_jobs_history_limit starting_deadline_seconds successful_jobs_history_limit',
    flag: 'suspend',
    one: { job_template: block({ one: { metadata, spec: jobSpec } }) },
  }),
);

/** What makes pods, by the word of its type. */
export const workloads: readonly (readonly [string, TypedKind])[] = [
  ['deployment', deployment],
  ['daemonset', daemonSet],
  ['daemon_set', daemonSet],
  ['stateful_set', statefulSet],
  ['cron_job', cronJob],
  ['job', object('Job', jobSpec, 'wait_for_completion')],
  ['pod', object('Pod', podSpec, 'target_state')],
  [
    'replication_controller',
    object(
      'ReplicationController',
      block({ number: 'min_ready_seconds replicas', map: 'selector', one: { template } }),
    ),
  ],
];
