import { at, dateAt, numberAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { ownerOf } from '../../../owner.ts';
import { counted, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { failureOf, failureText, isSuspended, jobShape } from './shared-jobs.ts';
import { isTrue } from './shared-pod.ts';

export const jobFailed: Rule = {
  id: 'job-failed',
  title:
    'A Job was given up, or is trying again after failed attempts (a notice). Those of CronJobs are told with their CronJob ' +
    'when the newest is given up; completed Jobs are left alone.',
  needs: { 'jobs.batch': jobShape },
  *find(view) {
    for (const job of view.all('jobs.batch')) {
      if (isBeingDeleted(job) || conditionsOf(job).some(isTrue('Complete'))) continue;
      const failure = failureOf(job);
      if (failure !== undefined && ownerOf(job)?.kind !== 'CronJob') {
        yield {
          severity: 'warning',
          object: job,
          summary: `job ${failureText(job, failure)}`,
          detail: outsideText(failure.reason, failure.message),
          since: failure.since,
          next: describeCall(job),
        };
      }
      const attempts = numberAt(at(job.body, 'status'), 'failed') ?? 0;
      if (failure === undefined && attempts > 0 && !isSuspended(job)) {
        yield {
          severity: 'notice',
          object: job,
          summary: `${counted(attempts, 'failed attempt')}, still trying`,
          since: dateAt(at(job.body, 'status'), 'startTime'),
          next: describeCall(job),
        };
      }
    }
  },
};
