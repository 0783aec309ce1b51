import type { Fact } from '../../change/risk/live-facts.ts';
import { at, dateAt, listAt, textAt, textsAt } from '../../cluster/fields.ts';
import { backupNeeds, copiesClaim, readBackupJob } from '../../cluster/findings/rules/storage/shared-backup.ts';
import type { ClusterObject, ClusterReader } from '../../cluster/index.ts';
import { kindId } from '../../cluster/kind.ts';
import { readKinds } from '../../cluster/read-kinds.ts';
import { mergeShapes, type Shape } from '../../cluster/shape.ts';

/**
 * When a claim was last copied, as far as the cluster tells. What is done outside of it, or inside of a backup job that does
 * not say what it copies, nobody here can know.
 *
 *  CronJob               one that copies the claim, by the rules of `claim-without-backup`: its last success
 *  VolumeSnapshot        of the claim, once it is ready
 *  ReplicationSource     VolSync, of the claim: its last synchronisation
 *  velero Backup         completed, of the namespace, with volumes, and without a selector that might leave the claim out
 *  cnpg Backup           completed, of the database cluster the claim belongs to
 */
const sources: Readonly<Record<string, Shape>> = {
  'cronjobs.batch': mergeShapes(backupNeeds['cronjobs.batch'] ?? {}, { status: { lastSuccessfulTime: true } }),
  'volumesnapshots.snapshot.storage.k8s.io': {
    spec: { source: { persistentVolumeClaimName: true } },
    status: { readyToUse: true, creationTime: true },
  },
  'replicationsources.volsync.backup': { spec: { sourcePVC: true }, status: { lastSyncTime: true } },
  'backups.velero.io': {
    spec: {
      includedNamespaces: true,
      excludedNamespaces: true,
      includedResources: true,
      excludedResources: true,
      labelSelector: true,
      orLabelSelectors: true,
      snapshotVolumes: true,
      defaultVolumesToFsBackup: true,
    },
    status: { phase: true, completionTimestamp: true },
  },
  'backups.postgresql.cnpg.io': { spec: { cluster: { name: true } }, status: { phase: true, stoppedAt: true } },
};

export interface ClaimName {
  readonly namespace: string;
  readonly name: string;
  /** Of CloudNativePG, when the claim is one of its. */
  readonly databaseCluster: string | undefined;
}

export interface Backups {
  newestOf(claim: ClaimName): Fact<Date | undefined>;
}

export async function readBackups(cluster: ClusterReader, signal: AbortSignal): Promise<Backups> {
  const wanted = Object.fromEntries(Object.entries(sources).map(([id, shape]) => [id, { shape }]));
  const { found, unread } = await readKinds(cluster, wanted, signal);
  const objects = found.flatMap(({ kind, objects: listed }) => listed.map((object) => ({ id: kindId(kind), object })));
  return {
    newestOf(claim) {
      const times = objects
        .map(({ id, object }) => readers[id]?.(object, claim))
        .filter((time) => time !== undefined)
        .sort((one, other) => other.getTime() - one.getTime());
      const [newest] = times;
      // What could not be read might tell of one; what was found is there all the same.
      if (newest === undefined && unread.length > 0) {
        return { known: false, why: `the keep may not read ${unread.join(', ')}` };
      }
      return { known: true, value: newest };
    },
  };
}

type CopyReader = (object: ClusterObject, claim: ClaimName) => Date | undefined;

const readers: Readonly<Record<string, CopyReader>> = {
  'cronjobs.batch': (object, claim) => {
    const job = readBackupJob(object);
    return job !== undefined && copiesClaim(job, claim)
      ? dateAt(at(object.body, 'status'), 'lastSuccessfulTime')
      : undefined;
  },
  'volumesnapshots.snapshot.storage.k8s.io': ({ namespace, body }, claim) => {
    const status = at(body, 'status');
    const isOfIt =
      namespace === claim.namespace && textAt(at(body, 'spec', 'source'), 'persistentVolumeClaimName') === claim.name;
    return isOfIt && status?.['readyToUse'] === true ? dateAt(status, 'creationTime') : undefined;
  },
  'replicationsources.volsync.backup': ({ namespace, body }, claim) =>
    namespace === claim.namespace && textAt(at(body, 'spec'), 'sourcePVC') === claim.name
      ? dateAt(at(body, 'status'), 'lastSyncTime')
      : undefined,
  'backups.velero.io': ({ body }, claim) => {
    const spec = at(body, 'spec');
    const status = at(body, 'status');
    const included = textsAt(spec, 'includedNamespaces');
    const covers = included.length === 0 || included.includes('*') || included.includes(claim.namespace);
    const narrows =
      textsAt(spec, 'excludedNamespaces').includes(claim.namespace) ||
      textsAt(spec, 'includedResources').some((resource) => resource !== '*') ||
      textsAt(spec, 'excludedResources').length > 0 ||
      at(spec, 'labelSelector') !== undefined ||
      listAt(spec, 'orLabelSelectors').length > 0;
    // Unless it is told, whether volumes are copied hangs on the installation.
    const withVolumes = spec?.['snapshotVolumes'] === true || spec?.['defaultVolumesToFsBackup'] === true;
    const isWhole = textAt(status, 'phase') === 'Completed' && covers && !narrows && withVolumes;
    return isWhole ? dateAt(status, 'completionTimestamp') : undefined;
  },
  'backups.postgresql.cnpg.io': ({ namespace, body }, claim) => {
    const status = at(body, 'status');
    const isOfIt =
      claim.databaseCluster !== undefined &&
      namespace === claim.namespace &&
      textAt(at(body, 'spec', 'cluster'), 'name') === claim.databaseCluster;
    return isOfIt && textAt(status, 'phase') === 'completed' ? dateAt(status, 'stoppedAt') : undefined;
  },
};
