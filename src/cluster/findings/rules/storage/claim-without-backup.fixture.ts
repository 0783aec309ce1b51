import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, owner } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const claim = (place: string, body: JsonObject = {}): JsonObject =>
  make('v1 PersistentVolumeClaim', place, { status: { phase: 'Bound', capacity: { storage: '5Gi' } }, ...body });

const cron = (
  place: string,
  container: JsonObject,
  { claims = [], labels = {} }: { claims?: readonly string[]; labels?: JsonObject } = {},
): JsonObject =>
  make('batch/v1 CronJob', place, {
    metadata: { labels },
    spec: {
      jobTemplate: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'main', image: 'registry.example.net/tools/restic:1', ...container }],
              volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
            },
          },
        },
      },
    },
  });

const photos = claim('photos/photos-data');
const nightly = cron('photos/nightly', {}, { claims: ['photos-data'] });
const papers = claim('papers/papers-data');
const missed = [
  { object: 'PersistentVolumeClaim papers/papers-data', severity: 'notice', says: /no backup.*5Gi/ },
] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    { because: 'only the other claim is mounted by a backup job', objects: [photos, nightly, papers], finds: missed },
    {
      because: 'a job mounts it, but cleans up',
      objects: [
        photos,
        nightly,
        papers,
        cron('papers/tidy', { image: 'registry.example.net/busybox:1' }, { claims: ['papers-data'] }),
      ],
      finds: missed,
    },
    {
      because: 'a claim whose name begins alike is copied',
      objects: [photos, nightly, papers, cron('papers/nightly', { args: ['/srv/papers-data-old', '/papers'] })],
      finds: missed,
    },
    {
      because: 'a job of another namespace names a claim of that name there',
      objects: [claim('a/data'), claim('b/data'), cron('a/backup', { args: ['--claim=data'] })],
      finds: [{ object: 'PersistentVolumeClaim b/data', severity: 'notice', says: /no backup/ }],
    },
    {
      because: 'the backup operator leaves its namespace out',
      objects: [
        photos,
        papers,
        make('velero.io/v1 Schedule', 'velero/all', { spec: { template: { excludedNamespaces: ['papers'] } } }),
      ],
      finds: missed,
    },
  ],
  green: [
    {
      because: 'a job names it in a path',
      objects: [
        photos,
        nightly,
        papers,
        cron('papers/nightly', { args: ['--to=sftp://backup.example.net/papers/papers-data'] }),
      ],
    },
    {
      because: 'a job of another namespace names it with its namespace',
      objects: [
        photos,
        nightly,
        papers,
        cron('backup/nightly', { command: ['restic', 'backup', '/srv/papers/papers-data'] }),
      ],
    },
    {
      because: 'a job names it in a label',
      objects: [
        photos,
        nightly,
        papers,
        cron('papers/nightly', {}, { labels: { 'example.net/backup-of': 'papers-data' } }),
      ],
    },
    {
      because: 'VolSync copies it',
      objects: [
        photos,
        nightly,
        papers,
        make('volsync.backup/v1alpha1 ReplicationSource', 'papers/papers', { spec: { sourcePVC: 'papers-data' } }),
      ],
    },
    {
      because: 'Velero copies every namespace',
      objects: [photos, nightly, papers, make('velero.io/v1 Schedule', 'velero/all', { spec: { template: {} } })],
    },
    {
      because: 'K8up copies its namespace',
      objects: [
        photos,
        nightly,
        papers,
        make('k8up.io/v1 Schedule', 'papers/all', { spec: { backup: { schedule: '@daily' } } }),
      ],
    },
    {
      because: 'Longhorn copies its volumes',
      objects: [
        photos,
        nightly,
        claim('papers/papers-data', { spec: { volumeName: 'pv-1' } }),
        make('v1 PersistentVolume', 'pv-1', { spec: { csi: { driver: 'driver.longhorn.io' } } }),
        make('longhorn.io/v1beta2 RecurringJob', 'longhorn/daily', { spec: { task: 'backup' } }),
      ],
    },
    { because: 'nothing in this cluster is backed up from inside', objects: [photos, papers] },
    {
      because: 'it is not bound',
      objects: [photos, nightly, claim('papers/papers-data', { status: { phase: 'Pending' } })],
    },
    {
      because: 'it belongs to a database, which has backups of its own',
      objects: [
        photos,
        nightly,
        claim('papers/shared-1', {
          metadata: { ownerReferences: owner('postgresql.cnpg.io/v1', 'Cluster', 'shared') },
        }),
      ],
    },
  ],
};
