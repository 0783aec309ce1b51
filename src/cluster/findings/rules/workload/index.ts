import type { Rule } from '../../rule.ts';
import { containerConfigError } from './container-config-error.ts';
import { containerCrashing } from './container-crashing.ts';
import { containerRestarted } from './container-restarted.ts';
import { cronjobLastRunFailed } from './cronjob-last-run-failed.ts';
import { cronjobStale } from './cronjob-stale.ts';
import { cronjobSuspended } from './cronjob-suspended.ts';
import { daemonsetMisscheduled } from './daemonset-misscheduled.ts';
import { imagePullFailing } from './image-pull-failing.ts';
import { jobFailed } from './job-failed.ts';
import { jobSuspended } from './job-suspended.ts';
import { livenessProbeFailing } from './liveness-probe-failing.ts';
import { podFailed } from './pod-failed.ts';
import { podNotReady } from './pod-not-ready.ts';
import { podSchedulingGated } from './pod-scheduling-gated.ts';
import { podStuckStarting } from './pod-stuck-starting.ts';
import { podStuckTerminating } from './pod-stuck-terminating.ts';
import { podUnschedulable } from './pod-unschedulable.ts';
import { podsNotCreated } from './pods-not-created.ts';
import { replicasUnavailable } from './replicas-unavailable.ts';
import { rolloutStuck } from './rollout-stuck.ts';
import { statefulsetServiceMissing } from './statefulset-service-missing.ts';
import { statefulsetStorageClassMissing } from './statefulset-storage-class-missing.ts';

/** Those that tell why come before those that tell that. */
export const workloadRules: readonly Rule[] = [
  containerCrashing,
  imagePullFailing,
  containerConfigError,
  livenessProbeFailing,
  podUnschedulable,
  podStuckStarting,
  podNotReady,
  podsNotCreated,
  statefulsetStorageClassMissing,
  statefulsetServiceMissing,
  rolloutStuck,
  replicasUnavailable,
  podFailed,
  podStuckTerminating,
  podSchedulingGated,
  containerRestarted,
  daemonsetMisscheduled,
  jobFailed,
  jobSuspended,
  cronjobLastRunFailed,
  cronjobStale,
  cronjobSuspended,
];
