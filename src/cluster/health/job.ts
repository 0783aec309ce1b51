import { ageText, at, millisecondsSince, numberAt, textAt } from '../fields.ts';
import { scheduleText } from '../words.ts';
import { conditionsOf, type KindHealth, ok, problem, unknown } from './verdict.ts';

export const job: KindHealth = {
  shape: {
    spec: { completions: true, suspend: true },
    status: { active: true, succeeded: true, failed: true, startTime: true, conditions: true },
  },
  columns: ['completions'],
  cells(object) {
    const done = numberAt(at(object.body, 'status'), 'succeeded') ?? 0;
    return [`${done}/${numberAt(at(object.body, 'spec'), 'completions') ?? 1}`];
  },
  judge(object) {
    const status = at(object.body, 'status');
    const conditions = conditionsOf(object).filter((condition) => condition.status === 'True');
    const failure = conditions.find(({ type }) => type === 'Failed' || type === 'FailureTarget');
    if (failure !== undefined) return problem('failed', failure.reason, failure.message);
    if (conditions.some(({ type }) => type === 'Complete')) return ok('complete');
    if (at(object.body, 'spec')?.['suspend'] === true) return ok('suspended');
    const failed = numberAt(status, 'failed') ?? 0;
    if (failed > 0) return problem(`${failed} failed attempts`);
    if ((numberAt(status, 'active') ?? 0) > 0) return ok('running');
    return unknown('not started');
  },
};

export const cronJob: KindHealth = {
  shape: {
    spec: { schedule: true, suspend: true },
    status: { lastScheduleTime: true, lastSuccessfulTime: true, active: { name: true } },
  },
  columns: ['schedule'],
  cells: (object) => [scheduleText(at(object.body, 'spec')?.['schedule'])],
  judge(object, now) {
    if (at(object.body, 'spec')?.['suspend'] === true) return ok('suspended');
    const status = at(object.body, 'status');
    const succeeded = millisecondsSince(textAt(status, 'lastSuccessfulTime'), now);
    const ran = millisecondsSince(textAt(status, 'lastScheduleTime'), now) ?? succeeded;
    if (ran === undefined) return unknown('has not run yet');
    const active = status?.['active'];
    if (Array.isArray(active) && active.length > 0) return ok(`running, started ${ageText(ran)} ago`);
    if (succeeded === undefined || succeeded > ran) return problem(`last run, ${ageText(ran)} ago, did not succeed`);
    return ok(`last run ${ageText(ran)} ago`);
  },
};
