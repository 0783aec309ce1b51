import type { Cell, Untrusted } from '../../kit/index.ts';
import { at, dateAt, listAt, textAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import { outsideText } from '../words.ts';

/**
 * What an object's own status says of it. `unknown` is what could not be read off, and never counts as healthy.
 *
 *  ok         measured, and as it should be
 *  problem    measured, and not
 *  unknown    not measured: no status, or one nobody here understands
 *  stateless  the object says nothing about its state; of a kind that does elsewhere, that means unknown
 */
export type Status = 'ok' | 'problem' | 'unknown' | 'stateless';

export interface Verdict {
  readonly status: Status;
  /** A few words of ours: `1/3 ready`. */
  readonly summary: string;
  /** What the cluster says about it. */
  readonly detail?: Untrusted;
}

/** How the objects of a kind are judged and listed. */
export interface KindHealth {
  /** What is read of each object. */
  readonly shape: Shape | 'metadata';
  /** Beyond name, namespace, status and age. */
  readonly columns: readonly string[];
  /** Nobody here knows the kind: the columns the server prints tell more. */
  readonly printed?: true;
  cells(object: ClusterObject): readonly Cell[];
  judge(object: ClusterObject, now: Date): Verdict;
}

export const ok = (summary: string): Verdict => ({ status: 'ok', summary });

export function problem(summary: string, ...details: readonly (string | undefined)[]): Verdict {
  return { status: 'problem', summary, ...detailOf(details) };
}

export function unknown(summary: string, ...details: readonly (string | undefined)[]): Verdict {
  return { status: 'unknown', summary, ...detailOf(details) };
}

function detailOf(details: readonly (string | undefined)[]): { detail?: Untrusted } {
  const detail = outsideText(...details);
  return detail === undefined ? {} : { detail };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** When it became what it is. */
  readonly since: Date | undefined;
}

const conditions = new WeakMap<ClusterObject, readonly Condition[]>();

/** Read once for each object: rules ask again for each of its containers. */
export function conditionsOf(object: ClusterObject): readonly Condition[] {
  const known = conditions.get(object) ?? readConditions(object);
  conditions.set(object, known);
  return known;
}

function readConditions(object: ClusterObject): readonly Condition[] {
  return listAt(at(object.body, 'status'), 'conditions').map((condition) => ({
    type: textAt(condition, 'type') ?? '',
    status: textAt(condition, 'status') ?? '',
    reason: textAt(condition, 'reason'),
    message: textAt(condition, 'message'),
    since: dateAt(condition, 'lastTransitionTime'),
  }));
}

/** Reasons the cluster's own parts write: safe to repeat in our words. Any other reason is outside text. */
const reasons = new Set(
  `BackOff BackoffLimitExceeded Completed ContainerCreating ContainerCannotRun ContainersNotReady CrashLoopBackOff
  CreateContainerConfigError CreateContainerError DeadlineExceeded ErrImageNeverPull ErrImagePull Error Evicted
  FailedIndexes FailedScheduling ImageInspectError ImagePullBackOff InvalidImageName MaxFailedIndexesExceeded
  NodeAffinity NodeLost NodeShutdown OOMKilled OutOfcpu OutOfmemory PodFailurePolicy PodInitializing
  PostStartHookError Preempting RegistryUnavailable RunContainerError StartError Terminated
  UnexpectedAdmissionError Unschedulable`.split(/\s+/),
);

export function knownReason(reason: string | undefined): string | undefined {
  return reason !== undefined && reasons.has(reason) ? reason : undefined;
}
