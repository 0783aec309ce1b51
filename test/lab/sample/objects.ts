import { type App, metadataOf, podTemplate, selectorOf } from './app.ts';

/** The sample's objects that are not one of the many deployments. */

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** A disk that is there: class and mode of the volume and of the claim it belongs to. */
const disk = { storageClassName: 'lab-disk', accessModes: ['ReadWriteOnce'] };

export function volumeFor(claimed: Place): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${claimed.name}-disk` },
    spec: { ...disk, capacity: { storage: '5Gi' }, hostPath: { path: '/srv/none' }, claimRef: claimed },
  };
}

export function claim(metadata: Place, storageClassName = disk.storageClassName): object {
  const spec = { ...disk, storageClassName, resources: { requests: { storage: '1Gi' } } };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
}

export function statefulSet(app: App): object {
  const spec = { serviceName: app.name, replicas: app.replicas, selector: selectorOf(app), template: podTemplate(app) };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadataOf(app), spec };
}

export function daemonSet(app: App): object {
  const spec = { selector: selectorOf(app), template: podTemplate(app) };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: metadataOf(app), spec };
}

export function job(app: App): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(app), spec: { template: once(app) } };
}

export function cronJob(app: App): object {
  // Once in four years: the number of pods stays what it is.
  const spec = { schedule: '0 4 29 2 *', jobTemplate: { spec: { template: once(app) } } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: metadataOf(app), spec };
}

export function barePod(app: App): object {
  return { apiVersion: 'v1', kind: 'Pod', ...podTemplate(app), metadata: metadataOf(app) };
}

export function ingress(app: App): object {
  const backend = { service: { name: app.name, port: { name: 'http' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(app),
    spec: {
      rules: [{ host: `${app.name}.example.net`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

export function warning(about: App, reason: string, message: string): object {
  const { namespace, name } = about;
  const now = new Date().toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name}.${reason.toLowerCase()}` },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
    type: 'Warning',
    reason,
    message,
    source: { component: 'sample' },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 3,
  };
}

function once(app: App) {
  const template = podTemplate(app);
  return { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
}
