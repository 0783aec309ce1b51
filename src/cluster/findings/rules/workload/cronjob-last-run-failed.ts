import { ageText, at, dateAt, millisecondsSince } from '../../../fields.ts';
import type { Condition } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { ownerOf, refText } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { cronJobShape, failureOf, failureText, isActive, isSuspended, jobShape } from './shared-jobs.ts';
import { patienceMs } from './shared-pod.ts';

export const cronjobLastRunFailed: Rule = {
  id: 'cronjob-last-run-failed',
  title:
    'The newest run of a CronJob was given up, or ended without success and its Job is gone. Older failures are left alone ' +
    'once a newer run succeeded.',
  needs: { 'cronjobs.batch': cronJobShape, 'jobs.batch': jobShape },
  *find(view) {
    const runs = newestRuns(view);
    for (const cronJob of view.all('cronjobs.batch')) {
      if (isSuspended(cronJob) || isBeingDeleted(cronJob)) continue;
      const run = runs.get(refText(cronJob));
      const failure = run === undefined ? undefined : failureOf(run);
      if (run !== undefined && failure !== undefined && !hasSucceededSince(cronJob, failure)) {
        yield {
          severity: 'warning',
          object: cronJob,
          summary: `its last run ${failureText(run, failure)}`,
          detail: outsideText(failure.reason, failure.message),
          since: failure.since,
          next: describeCall(run),
        };
        continue;
      }
      const vanished = run !== undefined && !isOlder(run, cronJob) ? undefined : vanishedRun(cronJob, view.now);
      if (vanished === undefined) continue;
      yield {
        severity: 'warning',
        object: cronJob,
        summary: `its last run, ${ageText(millisecondsSince(vanished, view.now))} ago, did not succeed`,
        since: vanished,
        next: describeCall(cronJob),
      };
    }
  },
};

/** Jobs that succeed may be removed sooner than those that fail, so the newest that is left need not be the newest run. */
function hasSucceededSince({ body }: ClusterObject, { since }: Condition): boolean {
  const succeeded = dateAt(at(body, 'status'), 'lastSuccessfulTime');
  return succeeded !== undefined && since !== undefined && succeeded > since;
}

/** By the reference of their CronJob. */
function newestRuns(view: ClusterView): ReadonlyMap<string, ClusterObject> {
  const newest = new Map<string, ClusterObject>();
  for (const job of view.all('jobs.batch')) {
    const owner = ownerOf(job);
    if (owner?.kind !== 'CronJob') continue;
    const known = newest.get(refText(owner));
    if (known === undefined || (known.created ?? 0) < (job.created ?? 0)) newest.set(refText(owner), job);
  }
  return newest;
}

function isOlder(run: ClusterObject, cronJob: ClusterObject): boolean {
  const scheduled = dateAt(at(cronJob.body, 'status'), 'lastScheduleTime');
  return scheduled !== undefined && run.created !== undefined && run.created < scheduled;
}

/** When a run began of which nothing is left and no success is recorded. */
function vanishedRun(cronJob: ClusterObject, now: Date): Date | undefined {
  const status = at(cronJob.body, 'status');
  const scheduled = dateAt(status, 'lastScheduleTime');
  const succeeded = dateAt(status, 'lastSuccessfulTime');
  if (scheduled === undefined || isActive(cronJob)) return undefined;
  if (now.getTime() - scheduled.getTime() < patienceMs) return undefined;
  return succeeded === undefined || succeeded < scheduled ? scheduled : undefined;
}
