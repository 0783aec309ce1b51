import { z } from 'zod';
import { at, dateAt, textAt } from '../../fields.ts';
import { conditionsOf } from '../../health/verdict.ts';
import { ownerOf } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { scheduleText } from '../../words.ts';
import { edit, editShape, editsOf, newEdits } from '../edits.ts';
import { defineObserver } from '../observer.ts';

const jobState = z.object({
  owner: z.object({ kind: z.string(), name: z.string() }).nullable(),
  started: z.string(),
  outcome: z.enum(['', 'succeeded', 'failed']),
});

export const jobs = defineObserver<z.infer<typeof jobState>>({
  kind: 'Job',
  kindId: 'jobs.batch',
  shape: {
    status: {
      startTime: true,
      completionTime: true,
      conditions: { type: true, status: true, reason: true, message: true, lastTransitionTime: true },
    },
  },
  state: jobState,
  condense(object) {
    const owner = ownerOf(object);
    return {
      owner: owner === undefined ? null : { kind: owner.kind, name: owner.name },
      started: textAt(at(object.body, 'status'), 'startTime') ?? '',
      outcome: endOf(object)?.outcome ?? '',
    };
  },
  *tell({ object, ref, now, before, known }) {
    const about = { about: ref, root: known.rootOf(ref) };
    const started = dateAt(at(object.body, 'status'), 'startTime');
    if (started !== undefined && before?.started !== now.started) {
      yield { ...about, what: 'job-started', at: started, text: 'a run started', mark: '' };
    }
    const end = endOf(object);
    if (end === undefined || before?.outcome === now.outcome) return;
    const failed = end.outcome === 'failed';
    yield {
      ...about,
      what: 'job-finished',
      at: end.at,
      warning: failed,
      text: failed ? 'a run failed' : 'a run succeeded',
      mark: end.outcome,
      detail: end.detail,
    };
  },
  *gone({ ref, before, known }) {
    if (before.outcome !== '') return;
    const text = 'a run was deleted before it ended';
    yield { what: 'deleted', about: ref, root: known.rootOf(ref), text, mark: '', warning: true };
  },
});

function endOf(object: ClusterObject) {
  const conditions = conditionsOf(object).filter(({ status }) => status === 'True');
  const failed = conditions.find(({ type }) => type === 'Failed');
  const complete = conditions.find(({ type }) => type === 'Complete');
  if (failed !== undefined) {
    const detail = [failed.reason, failed.message].filter((part) => part !== undefined).join(': ');
    return { outcome: 'failed', at: failed.since, detail } as const;
  }
  if (complete === undefined) return undefined;
  const at_ = dateAt(at(object.body, 'status'), 'completionTime') ?? complete.since;
  return { outcome: 'succeeded', at: at_, detail: undefined } as const;
}

const cronState = z.object({ suspended: z.boolean(), schedule: z.string(), edits: z.array(edit) });

export const cronJobs = defineObserver<z.infer<typeof cronState>>({
  kind: 'CronJob',
  kindId: 'cronjobs.batch',
  shape: { metadata: editShape, spec: { suspend: true, schedule: true } },
  state: cronState,
  condense: (object) => ({
    suspended: at(object.body, 'spec')?.['suspend'] === true,
    schedule: scheduleText(at(object.body, 'spec')?.['schedule']),
    edits: editsOf(object),
  }),
  *tell(seen) {
    const { object, ref, now, before } = seen;
    const about = { about: ref, root: ref };
    if (before === undefined) yield { ...about, what: 'created', at: object.created, text: 'created', mark: '' };
    else {
      if (before.suspended !== now.suspended) {
        const text = now.suspended ? 'suspended: it no longer runs' : 'resumed: it runs again';
        yield { ...about, what: 'edited', text, mark: text, warning: now.suspended };
      }
      if (before.schedule !== now.schedule) {
        yield { ...about, what: 'edited', text: `schedule ${before.schedule} → ${now.schedule}`, mark: 'schedule' };
      }
    }
    yield* newEdits(seen, { what: 'edited' });
  },
  *gone({ ref }) {
    yield { what: 'deleted', about: ref, root: ref, text: 'deleted', mark: '', warning: true };
  },
});
