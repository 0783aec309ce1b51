import type { ObjectRef } from '../owner.ts';

/**
 * What made an object, from its name alone: for events about objects that are gone. Controllers make names in known ways;
 * where several could have made one (`agent-x7k2p`: a DaemonSet or a Job), nothing is claimed.
 *
 *  web-7754fd9cbb-57rbs  Deployment web      (a ReplicaSet's suffix, then a pod's; neither has a vowel)
 *  web-7754fd9cbb        Deployment web
 *  db-0                  StatefulSet db
 *  backup-29410220-x7k2p CronJob backup      (minutes since 1970, then a pod's suffix)
 */
const safe = '[bcdfghjklmnpqrstvwxz2456789]';
const podOfReplicaSet = new RegExp(`^(.+)-${safe}{6,10}-${safe}{5}$`);
const podOfCronJob = new RegExp(`^(.+)-\\d{8}-${safe}{5}$`);
const replicaSet = new RegExp(`^(.+)-${safe}{6,10}$`);

export function rootByName(ref: ObjectRef): ObjectRef {
  const made = (pattern: RegExp, kind: string): ObjectRef | undefined => {
    const [, name] = pattern.exec(ref.name) ?? [];
    return name === undefined ? undefined : { group: '', kind, namespace: ref.namespace, name };
  };
  switch (ref.kind) {
    case 'Pod':
      return (
        made(podOfCronJob, 'CronJob') ??
        made(podOfReplicaSet, 'Deployment') ??
        made(/^(.+)-\d{1,4}$/, 'StatefulSet') ??
        ref
      );
    case 'ReplicaSet':
      return made(replicaSet, 'Deployment') ?? ref;
    case 'Job':
      return made(/^(.+)-\d{8}$/, 'CronJob') ?? ref;
    default:
      return ref;
  }
}
