import { ageText, at, dateAt, millisecondsSince } from '../../../fields.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import type { ClusterObject } from '../../../reader.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { cronJobShape, isActive, isSuspended, scheduleOf } from './shared-jobs.ts';
import { runsDue, runsText } from './shared-schedule.ts';

/** One run may fail or take long; two that were due and did not succeed are a pattern. */
const tolerated = 1;

export const cronjobStale: Rule = {
  id: 'cronjob-stale',
  title:
    'No run of a CronJob has succeeded for two of its periods. A suspended one, one that is too young, and a run that is ' +
    'still going are left alone.',
  needs: { 'cronjobs.batch': cronJobShape },
  *find(view) {
    for (const cronJob of view.all('cronjobs.batch')) {
      if (isSuspended(cronJob) || isBeingDeleted(cronJob)) continue;
      const succeeded = dateAt(at(cronJob.body, 'status'), 'lastSuccessfulTime');
      const after = succeeded ?? cronJob.created;
      if (after === undefined) continue;
      const due = runsDue(scheduleOf(cronJob), { after, until: runningSince(cronJob) ?? view.now });
      if (due === undefined) {
        yield {
          ...about(cronJob),
          severity: 'notice',
          summary: 'its schedule is not understood here: whether it is late is unknown',
          detail: outsideText(scheduleOf(cronJob).schedule),
        };
      } else if (due > tolerated) {
        const age = ageText(millisecondsSince(after, view.now));
        yield {
          ...about(cronJob),
          severity: 'warning',
          summary: `${succeeded === undefined ? 'has never succeeded' : `no success for ${age}`}, ${runsText(due)} due`,
          since: after,
        };
      }
    }
  },
};

function about(object: ClusterObject) {
  return { object, next: describeCall(object) };
}

/** A moment before the run that is going began, so that it does not count as missed. */
function runningSince(cronJob: ClusterObject): Date | undefined {
  const started = isActive(cronJob) ? dateAt(at(cronJob.body, 'status'), 'lastScheduleTime') : undefined;
  return started === undefined ? undefined : new Date(started.getTime() - 1_000);
}
