import { at, numberAt, textAt } from '../../../fields.ts';
import { type Condition, conditionsOf, knownReason } from '../../../health/verdict.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import { counted } from '../../../words.ts';

/** What the rules about Jobs read. */
export const jobShape: Shape = {
  spec: { suspend: true, backoffLimit: true },
  status: { active: true, failed: true, startTime: true, conditions: true },
};

/** What the rules about CronJobs read. */
export const cronJobShape: Shape = {
  spec: { schedule: true, timeZone: true, suspend: true },
  status: { active: { name: true }, lastScheduleTime: true, lastSuccessfulTime: true },
};

/** The condition by which a Job is given up; undefined while it is not. */
export function failureOf(job: ClusterObject): Condition | undefined {
  return conditionsOf(job).find(({ type, status }) => type === 'Failed' && status === 'True');
}

/** `failed after 4 attempts: BackoffLimitExceeded`. */
export function failureText(job: ClusterObject, { reason }: Condition): string {
  const attempts = numberAt(at(job.body, 'status'), 'failed') ?? 0;
  const after = attempts === 0 ? '' : ` after ${counted(attempts, 'attempt')}`;
  const known = knownReason(reason);
  return `failed${after}${known === undefined ? '' : `: ${known}`}`;
}

export function isSuspended({ body }: ClusterObject): boolean {
  return at(body, 'spec')?.['suspend'] === true;
}

export function isActive({ body }: ClusterObject): boolean {
  const active = at(body, 'status')?.['active'];
  return Array.isArray(active) ? active.length > 0 : typeof active === 'number' && active > 0;
}

export function scheduleOf({ body }: ClusterObject): { readonly schedule: string; readonly timeZone: string } {
  const spec = at(body, 'spec');
  // Where none is given, the controller's own zone counts, which is UTC almost everywhere.
  return { schedule: textAt(spec, 'schedule') ?? '', timeZone: textAt(spec, 'timeZone') ?? 'UTC' };
}
