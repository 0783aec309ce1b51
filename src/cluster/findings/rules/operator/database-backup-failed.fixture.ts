import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'postgresql.cnpg.io/v1';
const database = (...conditions: readonly JsonObject[]): JsonObject =>
  make(`${api} Cluster`, 'db/shared', { status: { conditions } });
const archived = condition('ContinuousArchiving', 'True');
const backup = (name: string, phase: string, days: number, cluster = 'shared'): JsonObject =>
  make(`${api} Backup`, `db/${name}`, {
    spec: { cluster: { name: cluster } },
    status: { phase, startedAt: ago(days, 'days'), stoppedAt: ago(days, 'days'), error: 'no space in the bucket' },
  });
const schedule = (spec: JsonObject, nextScheduleTime: string): JsonObject =>
  make(`${api} ScheduledBackup`, 'db/nightly', {
    spec: { cluster: { name: 'shared' }, ...spec },
    status: { nextScheduleTime },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the newest backup failed',
      objects: [
        database(archived),
        backup('b1', 'completed', 2),
        backup('b2', 'failed', 1),
        backup('b3', 'running', 0),
      ],
      finds: [{ object: 'Backup db/b2', severity: 'warning', says: /last backup of Cluster shared failed/ }],
    },
    {
      because: 'the cluster says that the last one failed, and it is gone',
      objects: [database(archived, condition('LastBackupSucceeded', 'False'))],
      finds: [{ object: 'Cluster db/shared', severity: 'warning', says: /its last backup failed/ }],
    },
    {
      because: 'its WAL stays where it is',
      objects: [database(condition('ContinuousArchiving', 'False', { reason: 'ContinuousArchivingFailing' }))],
      finds: [{ object: 'Cluster db/shared', severity: 'critical', says: /WAL is not archived/ }],
    },
    {
      because: 'the backup that was due last night has not begun',
      objects: [database(archived), schedule({}, ago(9, 'hours'))],
      finds: [{ object: 'ScheduledBackup db/nightly', severity: 'warning', says: /9h late/ }],
    },
    {
      because: 'backups are switched off',
      objects: [database(archived), schedule({ suspend: true }, ago(9, 'days'))],
      finds: [{ object: 'ScheduledBackup db/nightly', severity: 'notice', says: /suspended/ }],
    },
  ],
  green: [
    {
      because: 'a newer backup than the one it speaks of is complete',
      objects: [database(archived, condition('LastBackupSucceeded', 'False')), backup('b1', 'completed', 1)],
    },
    { because: 'its cluster is gone', objects: [schedule({}, ago(9, 'days'))] },
    {
      because: 'nobody has planned the first backup yet',
      objects: [
        database(archived),
        make(`${api} ScheduledBackup`, 'db/nightly', { spec: { cluster: { name: 'shared' } } }),
      ],
    },
    {
      because: 'the newest backup is complete',
      objects: [database(archived), backup('b1', 'failed', 2), backup('b2', 'completed', 1)],
    },
    {
      because: 'another cluster failed, which is gone',
      objects: [database(archived), backup('b1', 'failed', 1, 'old')],
    },
    { because: 'the next backup is due tonight', objects: [database(archived), schedule({}, ago(-9, 'hours'))] },
    {
      because: 'the cluster sleeps',
      objects: [
        make(`${api} Cluster`, 'db/shared', {
          metadata: { annotations: { 'cnpg.io/hibernation': 'on' } },
          status: { conditions: [condition('ContinuousArchiving', 'False')] },
        }),
        schedule({}, ago(9, 'days')),
      ],
    },
  ],
};
