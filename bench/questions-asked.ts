import type { PlantedFault } from '../test/lab/homelab/planted.ts';

export type Call = readonly [tool: string, given: object];

interface Question {
  readonly id: string;
  readonly question: string;
  readonly calls: readonly Call[];
  readonly must: readonly string[];
}

/** The operators' questions that need nothing but the cluster, by their numbers; their words are of the lab's homelab. */
export function operatorsAsk(faults: readonly PlantedFault[]): readonly Question[] {
  const fault = (id: string): PlantedFault => {
    const found = faults.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no fault ${id} is planted`);
    return found;
  };
  const memory = fault('memory-limit-too-low').object;
  const image = fault('image-does-not-exist').object;
  const secret = fault('secret-key-missing').object;
  const quota = fault('quota-full').object;
  const route = fault('route-without-service').object;
  return [
    {
      id: 'Q01',
      question: 'Is anything broken right now? Give me the short version.',
      calls: [['cluster_health', {}]],
      must: [memory.name, image.name, quota.name, 'as of'],
    },
    {
      id: 'Q03',
      question: 'Which pods were OOM-killed in the last 24 hours and what limit did each have, and who set that limit?',
      calls: [
        ['cluster_changes', { since: '24h' }],
        ['kubectl_describe', { target: memory.name }],
      ],
      must: [memory.name, 'OOMKilled', '128Mi'],
    },
    {
      id: 'Q13',
      question: 'Which apps will break at the next password rotation? (the synced secrets and their state)',
      calls: [
        ['kubectl_get', { kind: 'externalsecrets' }],
        ['kubectl_describe', { target: `externalsecret/${secret.name}`, namespace: secret.namespace }],
      ],
      must: [secret.name, 'webhook_signing_key'],
    },
    {
      id: 'Q17',
      question: 'Which workloads run :latest or an untagged image, and which have two containers on one floating tag?',
      calls: [['kubectl_get', { kind: 'pods', groupBy: 'image' }]],
      must: ['no image has a floating tag'],
    },
    {
      id: 'Q21',
      question: 'Which namespaces are close to their quota, and would a rolling update fit?',
      calls: [
        ['cluster_health', { severity: 'notice', namespace: quota.namespace }],
        ['kubectl_get', { kind: 'resourcequotas' }],
        ['kubectl_describe', { target: quota.name }],
      ],
      must: [quota.namespace, 'requests.memory', '160Mi'],
    },
    {
      id: 'Q25',
      question: 'Which service name should my new app use for Postgres and for Redis?',
      calls: [['kubectl_get', { kind: 'services', view: 'table' }]],
      must: ['ENDPOINTS READY', quota.name, '2/2'],
    },
    {
      id: 'Q29',
      question: 'Which hostnames are reachable by strangers? (what the routes say)',
      calls: [['kubectl_get', { kind: 'ingressroutes', path: 'spec.routes.0.match,spec.routes.0.middlewares' }]],
      must: [`Host(\`${route.name}.example.net\`)`, 'login'],
    },
  ];
}

const plurals: Readonly<Record<string, readonly [apiVersion: string, plural: string]>> = {
  Deployment: ['apps/v1', 'deployment'],
  ExternalSecret: ['external-secrets.io/v1', 'externalsecret'],
  IngressRoute: ['traefik.io/v1alpha1', 'ingressroute'],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaim'],
  Certificate: ['cert-manager.io/v1', 'certificate'],
  PodDisruptionBudget: ['policy/v1', 'poddisruptionbudget'],
  CronJob: ['batch/v1', 'cronjob'],
};

/** A list where the question asks for all; the named thing where it names one. Others get the object itself, which is a start Castellan does not get. */
export function faultsAsked({ id, question, object: { kind, namespace, name } }: PlantedFault): {
  readonly castellan: readonly Call[];
  readonly peer: readonly Call[];
  readonly wrapper: readonly Call[];
} {
  const [apiVersion, resourceType] = plurals[kind] ?? ['v1', kind.toLowerCase()];
  const named = /(?:does|is|has) ([a-z0-9]+[.-][a-z0-9.-]+) /.exec(question)?.[1];
  const everything: Readonly<Record<string, readonly Call[]>> = {
    'changed-by-hand': [['cluster_changes', { since: '7d' }]],
  };
  const castellan: readonly Call[] =
    named === undefined
      ? (everything[id] ?? [['cluster_health', { severity: 'notice' }]])
      : [
          ['kubectl_describe', { target: named }],
          ['cluster_health', { namespace }],
        ];
  return {
    castellan,
    peer: [
      ['resources_get', { apiVersion, kind, name, namespace }],
      ['pods_list_in_namespace', { namespace }],
      ['events_list', { namespace }],
    ],
    wrapper: [
      ['kubectl_describe', { resourceType, name, namespace }],
      ['kubectl_get', { resourceType: 'pods', namespace }],
      ['kubectl_get', { resourceType: 'events', namespace }],
    ],
  };
}
