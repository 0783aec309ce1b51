import { eventShape } from '../events/seen-event.ts';
import { at, textAt } from '../fields.ts';
import { healthShape } from '../known-kinds.ts';
import type { ClusterObject } from '../reader.ts';
import { selectorOf, selectorText } from '../selector.ts';
import { endpointNeeds } from '../service/service.ts';
import type { Shape } from '../shape.ts';
import { userNeeds } from './facts/users.ts';
import type { Need } from './profile.ts';

/** What is read around an object, by what one wants to say about it. Everything is read in the object's namespace. */
type Needs = Readonly<Record<string, Need>>;

function inNamespace({ namespace }: ClusterObject, shapes: Readonly<Record<string, Shape | 'metadata'>>): Needs {
  return Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
}

/** Services and whether anybody answers for them. */
export function serviceNeeds(object: ClusterObject): Needs {
  return inNamespace(object, endpointNeeds);
}

/** Who makes Secrets, and whether they could. */
function secretMakerNeeds(object: ClusterObject): Needs {
  return inNamespace(object, {
    'externalsecrets.external-secrets.io': { spec: { target: true }, status: { conditions: true } },
    'certificates.cert-manager.io': { spec: { secretName: true }, status: { conditions: true } },
  });
}

/** Events of a namespace; those about an object outside of all stand in some other one. */
export function eventNeeds({ namespace, kind, name }: ClusterObject): Needs {
  const about = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  return { events: namespace === '' ? { fieldSelector: about, shape: eventShape } : { namespace, shape: eventShape } };
}

/** What a workload's pods need, are reached through, take and are acted on by. */
export function workloadNeeds(object: ClusterObject): Needs {
  const { namespace, kind } = object;
  const selector = kind === 'Pod' ? undefined : selectorText(selectorOf(at(object.body, 'spec', 'selector')) ?? {});
  const revisions: Needs =
    kind === 'Deployment'
      ? { 'replicasets.apps': { namespace, selector, shape: replicaSetShape } }
      : kind === 'StatefulSet' || kind === 'DaemonSet'
        ? { 'controllerrevisions.apps': { namespace, selector, shape: { revision: true, data: true } } }
        : {};
  return {
    ...revisions,
    ...serviceNeeds(object),
    ...secretMakerNeeds(object),
    ...eventNeeds(object),
    ...inNamespace(object, {
      ...(kind === 'CronJob' ? { 'jobs.batch': healthShape('jobs.batch') } : {}),
      configmaps: 'metadata',
      serviceaccounts: 'metadata',
      persistentvolumeclaims: healthShape('persistentvolumeclaims'),
      'poddisruptionbudgets.policy': { spec: true, status: true },
      'horizontalpodautoscalers.autoscaling': { spec: true, status: true },
    }),
  };
}

const replicaSetShape: Shape = {
  metadata: { annotations: { 'deployment.kubernetes.io/revision': true } },
  spec: { template: true },
  status: { replicas: true },
};

export function nodeNeeds(object: ClusterObject): Needs {
  return {
    ...eventNeeds(object),
    'volumeattachments.storage.k8s.io': { shape: attachmentShape },
  };
}

const attachmentShape: Shape = { spec: { nodeName: true, source: true }, status: { attached: true } };
const classShape: Shape = { provisioner: true, volumeBindingMode: true };

export function claimNeeds(object: ClusterObject): Needs {
  const volume = textAt(at(object.body, 'spec'), 'volumeName');
  return {
    ...userNeeds(object.namespace),
    ...eventNeeds(object),
    'storageclasses.storage.k8s.io': { shape: classShape },
    'volumeattachments.storage.k8s.io': { shape: attachmentShape },
    ...(volume === undefined
      ? {}
      : { persistentvolumes: { fieldSelector: `metadata.name=${volume}`, shape: healthShape('persistentvolumes') } }),
  };
}

export function volumeNeeds(object: ClusterObject): Needs {
  const claim = at(object.body, 'spec', 'claimRef');
  const [namespace, name] = [textAt(claim, 'namespace'), textAt(claim, 'name')];
  return {
    ...eventNeeds(object),
    'storageclasses.storage.k8s.io': { shape: classShape },
    'volumeattachments.storage.k8s.io': { shape: attachmentShape },
    ...(namespace === undefined || name === undefined
      ? {}
      : {
          persistentvolumeclaims: {
            namespace,
            fieldSelector: `metadata.name=${name}`,
            shape: healthShape('persistentvolumeclaims'),
          },
        }),
  };
}

export function routeNeeds(object: ClusterObject): Needs {
  return {
    ...serviceNeeds(object),
    ...secretMakerNeeds(object),
    ...eventNeeds(object),
    ...inNamespace(object, { 'middlewares.traefik.io': 'metadata' }),
    'ingressclasses.networking.k8s.io': { shape: 'metadata' },
  };
}

export function namespaceNeeds({ name: namespace }: ClusterObject): Needs {
  const shapes: Readonly<Record<string, Shape | 'metadata'>> = {
    resourcequotas: { spec: { hard: true }, status: true },
    limitranges: 'metadata',
    events: eventShape,
    'deployments.apps': healthShape('deployments.apps'),
    'statefulsets.apps': healthShape('statefulsets.apps'),
    'daemonsets.apps': healthShape('daemonsets.apps'),
    'cronjobs.batch': healthShape('cronjobs.batch'),
    persistentvolumeclaims: healthShape('persistentvolumeclaims'),
  };
  return Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
}

export function autoscalerNeeds(object: ClusterObject): Needs {
  return {
    ...eventNeeds(object),
    ...inNamespace(object, {
      'deployments.apps': healthShape('deployments.apps'),
      'statefulsets.apps': healthShape('statefulsets.apps'),
      'replicasets.apps': healthShape('replicasets.apps'),
    }),
  };
}

export function externalSecretNeeds(object: ClusterObject): Needs {
  const store = { status: { conditions: true } } as const;
  return {
    ...userNeeds(object.namespace),
    ...eventNeeds(object),
    ...inNamespace(object, { 'secretstores.external-secrets.io': store }),
    'clustersecretstores.external-secrets.io': { shape: store },
  };
}

/** Whatever a custom object may have made. */
export function childNeeds(object: ClusterObject): Needs {
  if (object.namespace === '') return eventNeeds(object);
  return {
    ...eventNeeds(object),
    ...inNamespace(object, {
      'deployments.apps': healthShape('deployments.apps'),
      'statefulsets.apps': healthShape('statefulsets.apps'),
      'daemonsets.apps': healthShape('daemonsets.apps'),
      'jobs.batch': healthShape('jobs.batch'),
      'replicasets.apps': 'metadata',
      persistentvolumeclaims: healthShape('persistentvolumeclaims'),
      services: 'metadata',
    }),
  };
}
