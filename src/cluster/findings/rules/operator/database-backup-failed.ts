import { ageText, at, dateAt, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { isHibernated } from './shared-database.ts';

/** Reasons other than a failure for a backup to be late: it runs, or its operator was restarted. */
const graceMs = 2 * 60 * 60_000;

export const databaseBackupFailed: Rule = {
  id: 'database-backup-failed',
  title:
    'A CloudNativePG cluster whose last backup failed, whose WAL is not archived, or whose scheduled backup is late or suspended.',
  needs: {
    'clusters.postgresql.cnpg.io': { metadata: { annotations: true }, status: { conditions: true } },
    'backups.postgresql.cnpg.io': {
      spec: { cluster: { name: true } },
      status: { phase: true, error: true, startedAt: true, stoppedAt: true },
    },
    'scheduledbackups.postgresql.cnpg.io': {
      spec: { suspend: true, cluster: { name: true } },
      status: { nextScheduleTime: true },
    },
  },
  *find(view) {
    for (const database of view.all('clusters.postgresql.cnpg.io')) {
      if (isHibernated(database)) continue;
      yield* archiving(database);
      yield* lastBackup(view, database);
    }
    for (const schedule of view.all('scheduledbackups.postgresql.cnpg.io')) yield* late(view, schedule);
  },
};

function* archiving(database: ClusterObject): Iterable<Finding> {
  const archived = conditionsOf(database).find(({ type }) => type === 'ContinuousArchiving');
  if (archived?.status !== 'False') return;
  yield {
    severity: 'critical',
    object: database,
    summary: 'its WAL is not archived: it cannot be restored to now, and its disk fills up',
    detail: outsideText(archived.reason, archived.message),
    since: archived.since,
    next: describeCall(database),
  };
}

function* lastBackup(view: ClusterView, database: ClusterObject): Iterable<Finding> {
  const backups = view
    .selected('backups.postgresql.cnpg.io', database.namespace, {})
    .filter(({ body }) => textAt(at(body, 'spec', 'cluster'), 'name') === database.name)
    .filter(({ body }) => /^(?:completed|failed)$/.test(textAt(at(body, 'status'), 'phase') ?? ''));
  const newest = backups.reduce<ClusterObject | undefined>(
    (best, one) => (best === undefined || startOf(one) > startOf(best) ? one : best),
    undefined,
  );
  if (textAt(at(newest?.body, 'status'), 'phase') === 'failed' && newest !== undefined) {
    yield {
      severity: 'warning',
      object: newest,
      summary: `the last backup of Cluster ${database.name} failed`,
      detail: outsideText(textAt(at(newest.body, 'status'), 'error')),
      since: dateAt(at(newest.body, 'status'), 'stoppedAt') ?? newest.created,
      next: describeCall(newest),
    };
    return;
  }
  const last = conditionsOf(database).find(({ type }) => type === 'LastBackupSucceeded');
  if (newest !== undefined || last?.status !== 'False') return;
  yield {
    severity: 'warning',
    object: database,
    summary: 'its last backup failed',
    detail: outsideText(last.reason, last.message),
    since: last.since,
    next: describeCall(database),
  };
}

function startOf(backup: ClusterObject): number {
  return (dateAt(at(backup.body, 'status'), 'startedAt') ?? backup.created)?.getTime() ?? 0;
}

function* late(view: ClusterView, schedule: ClusterObject): Iterable<Finding> {
  const name = textAt(at(schedule.body, 'spec', 'cluster'), 'name') ?? '';
  const database = view.get('clusters.postgresql.cnpg.io', schedule.namespace, name);
  if (database === undefined || isHibernated(database)) return;
  const next = describeCall(schedule);
  if (at(schedule.body, 'spec')?.['suspend'] === true) {
    yield { severity: 'notice', object: schedule, summary: `backups of Cluster ${name} are suspended`, next };
    return;
  }
  const due = dateAt(at(schedule.body, 'status'), 'nextScheduleTime');
  const overdue = millisecondsSince(due, view.now);
  if (overdue === undefined || overdue < graceMs) return;
  yield {
    severity: 'warning',
    object: schedule,
    summary: `the backup of Cluster ${name} is ${ageText(overdue)} late`,
    since: due,
    next,
  };
}
