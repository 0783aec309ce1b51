import { ageText, at, dateAt, millisecondsSince } from '../../../fields.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { cronJobShape, isSuspended, scheduleOf } from './shared-jobs.ts';
import { runsDue, runsText } from './shared-schedule.ts';

export const cronjobSuspended: Rule = {
  id: 'cronjob-suspended',
  title:
    'A CronJob is suspended: a warning when it has run before and two runs were missed since, a notice otherwise. One that ' +
    'never ran may be a template for runs by hand.',
  needs: { 'cronjobs.batch': cronJobShape },
  *find(view) {
    for (const cronJob of view.all('cronjobs.batch')) {
      if (!isSuspended(cronJob) || isBeingDeleted(cronJob)) continue;
      const status = at(cronJob.body, 'status');
      const ran = dateAt(status, 'lastSuccessfulTime') ?? dateAt(status, 'lastScheduleTime');
      const missed = ran === undefined ? 0 : (runsDue(scheduleOf(cronJob), { after: ran, until: view.now }) ?? 0);
      yield {
        severity: missed > 1 ? 'warning' : 'notice',
        object: cronJob,
        summary:
          ran === undefined || missed === 0
            ? 'suspended'
            : `suspended, ${runsText(missed)} missed since it last ran ${ageText(millisecondsSince(ran, view.now))} ago`,
        since: ran,
        next: describeCall(cronJob),
      };
    }
  },
};
