import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { failureOf, isSuspended, jobShape } from './shared-jobs.ts';
import { isTrue } from './shared-pod.ts';

export const jobSuspended: Rule = {
  id: 'job-suspended',
  title: 'A Job is suspended and does not run until somebody resumes it.',
  needs: { 'jobs.batch': jobShape },
  *find(view) {
    for (const job of view.all('jobs.batch')) {
      const conditions = conditionsOf(job);
      const isOver = conditions.some(isTrue('Complete')) || failureOf(job) !== undefined;
      if (!isSuspended(job) || isOver || isBeingDeleted(job)) continue;
      yield {
        severity: 'notice',
        object: job,
        summary: 'job suspended',
        since: conditions.find(isTrue('Suspended'))?.since ?? job.created,
        next: describeCall(job),
      };
    }
  },
};
