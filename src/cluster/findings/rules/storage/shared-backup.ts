import type { JsonValue } from '../../../../kit/index.ts';
import { at, listAt, textAt, textsAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import { claimNamesOf } from './shared-claim.ts';

/**
 * Who copies which claim, as far as the cluster tells.
 *
 *  backup job   a CronJob that says in its name, its image or its command line that it copies data; it copies the claims it
 *               mounts, and those it names in its command line or in a label
 *  operator     an object of a backup operator whose scope the claim is in
 */
export const backupNeeds: Readonly<Record<string, Shape>> = {
  'cronjobs.batch': {
    metadata: { labels: true },
    spec: {
      jobTemplate: {
        spec: {
          template: {
            spec: {
              volumes: { name: true, persistentVolumeClaim: { claimName: true } },
              containers: { image: true, command: true, args: true },
              initContainers: { image: true, command: true, args: true },
            },
          },
        },
      },
    },
  },
  'replicationsources.volsync.backup': { spec: { sourcePVC: true } },
  'schedules.velero.io': { spec: { template: { includedNamespaces: true, excludedNamespaces: true } } },
  'schedules.k8up.io': { spec: { backup: { schedule: true } } },
  'recurringjobs.longhorn.io': { spec: { task: true } },
  persistentvolumes: { spec: { csi: { driver: true } } },
};

const copies = /backup|back-up|restic|borg|kopia|rclone|rsync|velero|duplicity|duplicati|snapshot|dump/i;

export interface BackupJob {
  readonly namespace: string;
  readonly mounts: ReadonlySet<string>;
  readonly labels: ReadonlySet<JsonValue>;
  readonly commandLine: string;
}

/** Answers whether anybody copies a claim. */
export function backupsOf(view: ClusterView): (claim: ClusterObject) => boolean {
  const jobs = view
    .all('cronjobs.batch')
    .map(readBackupJob)
    .filter((job) => job !== undefined);
  const sources = new Set(
    view
      .all('replicationsources.volsync.backup')
      .map(({ namespace, body }) => `${namespace}/${textAt(at(body, 'spec'), 'sourcePVC') ?? ''}`),
  );
  return (claim) =>
    jobs.some((job) => copiesClaim(job, claim)) ||
    sources.has(`${claim.namespace}/${claim.name}`) ||
    view.all('schedules.velero.io').some(({ body }) => inScope(at(body, 'spec', 'template') ?? {}, claim.namespace)) ||
    view
      .all('schedules.k8up.io')
      .some(({ namespace, body }) => namespace === claim.namespace && at(body, 'spec', 'backup') !== undefined) ||
    (view.all('recurringjobs.longhorn.io').some(({ body }) => /^backup/.test(textAt(at(body, 'spec'), 'task') ?? '')) &&
      driverOf(view, claim) === 'driver.longhorn.io');
}

/** Undefined for a CronJob that says nowhere that it copies data. */
export function readBackupJob({ namespace, name, body }: ClusterObject): BackupJob | undefined {
  const spec = at(body, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  const commandLine = containers.flatMap((one) => [...textsAt(one, 'command'), ...textsAt(one, 'args')]).join(' ');
  const images = containers.map((container) => textAt(container, 'image') ?? '');
  if (![name, commandLine, ...images].some((text) => copies.test(text))) return undefined;
  return {
    namespace,
    mounts: new Set(claimNamesOf(spec)),
    labels: new Set(Object.values(at(body, 'metadata', 'labels') ?? {})),
    commandLine,
  };
}

/** A job of another namespace has to name the claim's namespace too: claims are often just called `data`. */
export function copiesClaim(job: BackupJob, { namespace, name }: Pick<ClusterObject, 'namespace' | 'name'>): boolean {
  const names = hasWord(job.commandLine, name);
  if (job.namespace !== namespace) return names && hasWord(job.commandLine, namespace);
  return job.mounts.has(name) || job.labels.has(name) || names;
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^a-z0-9.-]+/).some((part) => part === word || part.startsWith(`${word}.`));
}

function inScope(template: { readonly [field: string]: JsonValue }, namespace: string): boolean {
  const listed = (field: string): readonly JsonValue[] => {
    const value = template[field];
    return Array.isArray(value) ? value : [];
  };
  const included = listed('includedNamespaces');
  const all = included.length === 0 || included.includes('*');
  return (all || included.includes(namespace)) && !listed('excludedNamespaces').includes(namespace);
}

function driverOf(view: ClusterView, claim: ClusterObject): string | undefined {
  const volume = view.get('persistentvolumes', '', textAt(at(claim.body, 'spec'), 'volumeName') ?? '');
  return textAt(at(volume?.body, 'spec', 'csi'), 'driver');
}
