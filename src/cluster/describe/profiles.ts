import { type Kind, kindId } from '../kind.ts';
import { cronJobFacts, jobFacts } from './facts/batch.ts';
import { certificateFacts } from './facts/certificate.ts';
import { claimFacts } from './facts/claim.ts';
import { configMapFacts, serviceAccountFacts } from './facts/config-map.ts';
import { customFacts } from './facts/custom.ts';
import { externalSecretFacts } from './facts/external-secret.ts';
import { autoscalerFacts, budgetFacts } from './facts/guards.ts';
import { namespaceFacts } from './facts/namespace.ts';
import { nodeFacts } from './facts/node.ts';
import { podFacts } from './facts/pod.ts';
import { routeFacts } from './facts/route.ts';
import { serviceFacts } from './facts/service.ts';
import { userNeeds } from './facts/users.ts';
import { volumeFacts } from './facts/volume.ts';
import {
  autoscalerNeeds,
  childNeeds,
  claimNeeds,
  eventNeeds,
  externalSecretNeeds,
  namespaceNeeds,
  nodeNeeds,
  routeNeeds,
  serviceNeeds,
  volumeNeeds,
  workloadNeeds,
} from './needs.ts';
import { childrenSection } from './parts/children.ts';
import { containersSection } from './parts/containers.ts';
import { guardsSection } from './parts/guards.ts';
import { networkSection } from './parts/network.ts';
import { referencesSection } from './parts/references.ts';
import { rolloutSection } from './parts/rollout.ts';
import type { Profile } from './profile.ts';

const workload: Profile = {
  needs: workloadNeeds,
  pods: 'own',
  usage: 'pods',
  parts: [rolloutSection, containersSection],
  relations: [childrenSection, referencesSection, networkSection, guardsSection],
};

const route: Profile = { needs: routeNeeds, pods: 'none', parts: [routeFacts], relations: [] };

/** What is read and said of a kind; of one that is not here, what a custom object has. */
const profiles: Readonly<Record<string, Profile>> = {
  pods: { ...workload, parts: [podFacts, containersSection] },
  'deployments.apps': workload,
  'statefulsets.apps': workload,
  'daemonsets.apps': workload,
  'replicasets.apps': workload,
  'jobs.batch': { ...workload, parts: [jobFacts, containersSection] },
  'cronjobs.batch': { ...workload, parts: [cronJobFacts, containersSection] },
  nodes: { needs: nodeNeeds, pods: 'own', usage: 'nodes', parts: [nodeFacts], relations: [childrenSection] },
  namespaces: { needs: namespaceNeeds, pods: 'own', parts: [namespaceFacts], relations: [childrenSection] },
  services: {
    needs: (object) => ({ ...serviceNeeds(object), ...eventNeeds(object) }),
    pods: 'own',
    parts: [serviceFacts],
    relations: [childrenSection],
  },
  'ingresses.networking.k8s.io': route,
  'ingressroutes.traefik.io': route,
  'httproutes.gateway.networking.k8s.io': route,
  persistentvolumeclaims: { needs: claimNeeds, pods: 'none', parts: [claimFacts], relations: [] },
  persistentvolumes: { needs: volumeNeeds, pods: 'none', parts: [volumeFacts], relations: [] },
  'horizontalpodautoscalers.autoscaling': {
    needs: autoscalerNeeds,
    pods: 'none',
    parts: [autoscalerFacts],
    relations: [],
  },
  'poddisruptionbudgets.policy': { needs: eventNeeds, pods: 'selected', parts: [budgetFacts], relations: [] },
  configmaps: {
    needs: ({ namespace }) => userNeeds(namespace),
    pods: 'none',
    parts: [configMapFacts],
    relations: [],
  },
  serviceaccounts: {
    needs: ({ namespace }) => userNeeds(namespace),
    pods: 'none',
    parts: [serviceAccountFacts],
    relations: [],
  },
  'externalsecrets.external-secrets.io': {
    needs: externalSecretNeeds,
    pods: 'none',
    parts: [externalSecretFacts],
    relations: [],
  },
  'certificates.cert-manager.io': {
    needs: eventNeeds,
    pods: 'none',
    parts: [certificateFacts],
    relations: [],
  },
};

const custom: Profile = { needs: childNeeds, pods: 'own', parts: [customFacts], relations: [childrenSection] };

export function profileOf(kind: Kind): Profile {
  const id = kindId(kind);
  return (Object.hasOwn(profiles, id) ? profiles[id] : undefined) ?? custom;
}
