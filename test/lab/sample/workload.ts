import { type App, deployment, type Fault, service } from './app.ts';
import { type Canary, canaryMaker } from './canaries.ts';
import { annotationOf, argumentsOf, configMap, deploymentWithLastApplied, environmentOf, secret } from './careless.ts';
import { nameMaker } from './names.ts';
import { sampleNodes } from './nodes.ts';
import {
  barePod,
  claim,
  cronJob,
  daemonSet,
  ingress,
  job,
  type Place,
  statefulSet,
  volumeFor,
  warning,
} from './objects.ts';
import type { Summary } from './summary.ts';

/** The sample homelab: invented apps over fourteen namespaces, one of every fault, and secrets left lying about. */
export interface Workload {
  /** Created first: nodes, namespaces, and volumes, since a claim that finds none looks again only after a while. */
  readonly ground: readonly object[];
  readonly objects: readonly object[];
  /** Pods without an owner: created last, when every namespace has its service account. */
  readonly pods: readonly object[];
  readonly canaries: readonly Canary[];
  readonly summary: Summary;
  /** Values for the containers to have printed. */
  readonly printed: { readonly password: string; readonly bearer: string };
}

const namespaceCount = 14;
/** The last two are left to the homelab, which gives one of them a quota that nothing else may use up. */
const sharedNamespaces = 12;
const appCount = 28;
const nodeCount = 3;
const statefulReplicas = 2;
const deploymentFaults = ['crash-loop-oom', 'image-pull', 'never-ready', 'unschedulable', 'stuck-terminating'] as const;
/** One of each fault, the replacement of the one that is stuck, the finished job, the stateful set, a daemon a node. */
const fixedPods = deploymentFaults.length + 1 + 1 + 1 + statefulReplicas + nodeCount;
const healthyCount = appCount - deploymentFaults.length;
export const fewestPods = fixedPods + healthyCount;

export function makeWorkload(pods: number): Workload {
  if (pods < fewestPods) throw new Error(`the sample has at least ${fewestPods} pods`);
  const canaries = canaryMaker();
  const name = nameMaker();
  const namespaces = Array.from({ length: namespaceCount }, name);
  const nodes = Array.from({ length: nodeCount }, name);
  let placed = 0;
  const app = (replicas: number): App => {
    const namespace = namespaces[placed++ % sharedNamespaces];
    if (namespace === undefined) throw new Error('there are no namespaces');
    return { namespace, name: name(), replicas };
  };

  const faulty = deploymentFaults.map((fault) => ({ ...app(1), fault }));
  const share = pods - fixedPods;
  const healthy = Array.from({ length: healthyCount }, (_, index) =>
    app(Math.floor(share / healthyCount) + (index < share % healthyCount ? 1 : 0)),
  );
  const [first, second, third, fourth, ...plain] = healthy;
  if (!first || !second || !third || !fourth) throw new Error('too few apps');

  const settings: Place = { namespace: fourth.namespace, name: `${fourth.name}-settings` };
  const credentials: Place = { namespace: fourth.namespace, name: `${fourth.name}-credentials` };
  const data: Place = { namespace: fourth.namespace, name: `${fourth.name}-data` };
  const environment: App = { ...first, env: environmentOf(canaries) };
  const annotation: App = { ...second, annotations: annotationOf(canaries) };
  const argument: App = { ...third, args: argumentsOf(canaries) };
  const proper: App = {
    ...fourth,
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: credentials.name, key: 'password' } } }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: data.name } }],
  };
  const stateful = app(statefulReplicas);
  const evicted = { ...app(1), fault: 'evicted' as const };
  const login = `login of user app was refused: password=${canaries.plant('event message password=')}`;

  const others = [...faulty, ...plain, annotation, argument, proper];
  return {
    ground: [
      ...sampleNodes(nodes, pods),
      ...namespaces.map((one) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: one } })),
      volumeFor(data),
    ],
    objects: [
      configMap(settings, canaries),
      secret(credentials, canaries),
      claim(data),
      claim({ namespace: third.namespace, name: `${third.name}-cache` }, 'none-such'),
      deploymentWithLastApplied(environment),
      ...others.map(deployment),
      ...[...others, environment, stateful].map(service),
      statefulSet(stateful),
      daemonSet(app(1)),
      job(app(1)),
      cronJob(app(1)),
      ingress(proper),
      warning(argument, 'LoginFailed', login),
    ],
    pods: [barePod(evicted)],
    printed: {
      password: canaries.plant('log line password='),
      bearer: canaries.plant('log line Authorization: Bearer'),
    },
    canaries: canaries.planted,
    summary: {
      pods,
      nodes,
      namespaces,
      apps: [environment, ...others].map(placeOf),
      faults: faultPlaces([...faulty, evicted]),
      configMap: settings,
      secret: credentials,
      careless: { environment: placeOf(environment), annotation: placeOf(annotation), argument: placeOf(argument) },
    },
  };
}

function placeOf({ namespace, name }: App): Place {
  return { namespace, name };
}

function faultPlaces(apps: readonly App[]): Summary['faults'] {
  const at = (fault: Fault): Place => {
    const found = apps.find((app) => app.fault === fault);
    if (found === undefined) throw new Error(`the sample shows no ${fault}`);
    return placeOf(found);
  };
  return {
    'crash-loop-oom': at('crash-loop-oom'),
    'image-pull': at('image-pull'),
    'never-ready': at('never-ready'),
    evicted: at('evicted'),
    'stuck-terminating': at('stuck-terminating'),
    unschedulable: at('unschedulable'),
  };
}
