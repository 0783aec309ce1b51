import {
  at,
  type ClusterObject,
  type ClusterView,
  listAt,
  podSpecOf,
  type Route,
  referencesOf,
  refText,
  textAt,
} from '../../cluster/index.ts';
import type { JsonObject } from '../../kit/index.ts';
import type { SurveyFacts } from './from-survey.ts';
import type { TriageSnapshot } from './port.ts';
import type { Middleware } from './routes-read.ts';

type Dependency = TriageSnapshot['dependencies'][number];

/** What leads where: read, and told. */
export interface Ways {
  readonly routes: readonly Route[];
  readonly middlewares: readonly Middleware[];
  /** Of Services: `Service shop/web`. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
}

export interface Dependencies {
  readonly edges: readonly Dependency[];
  /** Of what many share, how many there are. */
  readonly shared: Readonly<Record<string, number>>;
}

/**
 * What does not work without what, as far as redacted objects show it: routes and their Services, host names in variables and
 * arguments, claims and their class, registries of images, secrets and their stores, logins in front of routes, name lookups.
 * Services, their workloads and the nodes of those are in the snapshot itself.
 */
export function dependenciesOf(
  view: ClusterView,
  facts: SurveyFacts,
  { routes, middlewares, calls }: Ways,
): Dependencies {
  const edges = new Map<string, Dependency>();
  const add = (from: string, to: string, why: string): void => {
    if (from !== to) edges.set(`${from}\0${to}`, { from, to, why });
  };
  const serviceText = (namespace: string, name: string): string | undefined => {
    const service = view.get('services', namespace, name);
    return service === undefined ? undefined : refText(service);
  };
  for (const { object, services } of routes) {
    for (const { namespace, name } of services) {
      // Also to one that is not there: that is what a finding says of the route.
      const to = serviceText(namespace, name);
      if (to !== undefined) add(refText(object), to, 'it leads there');
    }
  }
  for (const { route, service } of middlewares) {
    const to = serviceText(service.namespace, service.name);
    if (to !== undefined) add(route, to, 'it asks there who may pass');
  }
  const backs = new Map(facts.services.map((service) => [service.object, service.backs]));
  for (const { from, to } of calls) {
    if (!backs.has(to)) continue;
    for (const back of backs.get(from) ?? []) add(back, to, 'it calls it');
  }
  for (const { object, spec, namespace } of templatesOf(view, facts)) {
    for (const host of hostsIn(spec)) {
      const [name = '', given] = host.split('.');
      const to = serviceText(given ?? namespace, name);
      if (to !== undefined) add(object, to, `it is told of ${host}`);
    }
    const { claims, secrets } = referencesOf(spec);
    for (const claim of claims) {
      const found = view.get('persistentvolumeclaims', namespace, claim);
      if (found !== undefined) add(object, refText(found), 'its volume');
    }
    for (const secret of secrets) {
      const found = view.get('externalsecrets.external-secrets.io', namespace, secret);
      if (found !== undefined) add(object, refText(found), 'its secret comes from there');
    }
  }
  for (const claim of view.all('persistentvolumeclaims')) {
    const name = textAt(at(claim.body, 'spec'), 'storageClassName');
    if (name !== undefined && name !== '') add(refText(claim), `StorageClass ${name}`, 'its class');
  }
  for (const secret of view.all('externalsecrets.external-secrets.io')) addStore(secret, add);
  for (const { object, images } of facts.workloads) {
    for (const registry of new Set(images.map(registryOf))) add(object, `Registry ${registry}`, 'its image');
  }
  addQuotas(facts, add);
  addScheduler(facts, add);
  const dns = dnsOf(view);
  if (dns !== undefined) {
    for (const { object, parked } of facts.workloads) if (!parked) add(object, dns, 'it looks up names');
  }
  return { edges: [...edges.values()], shared: sharedOf(facts, edges.values(), dns) };
}

interface Template {
  readonly object: string;
  readonly namespace: string;
  readonly spec: JsonObject | undefined;
}

/** Of each workload what makes its pods, and one of those: templates as they are read say nothing of claims. */
function templatesOf(view: ClusterView, { pods }: SurveyFacts): readonly Template[] {
  const made = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'cronjobs.batch']
    .flatMap((id) => view.all(id))
    .map((owner) => ({ object: refText(owner), namespace: owner.namespace, spec: podSpecOf(owner) }));
  const running = [...pods].flatMap(([object, [pod]]) =>
    pod === undefined ? [] : [{ object, namespace: pod.namespace, spec: podSpecOf(pod) }],
  );
  return [...made, ...running];
}

const plainHost =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/\s]*@)?([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63}){0,5})(?::\d{1,5})?(?:[/?].*)?$/;
const clusterHost = /\b([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\.svc\b/g;

/** `name` or `name.namespace`, as far as they may be Services. */
function hostsIn(spec: JsonObject | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    for (const variable of listAt(container, 'env')) {
      const host = plainHost.exec((textAt(variable, 'value') ?? '').slice(0, 300))?.[1];
      if (host !== undefined && !/^[\d.]+$/.test(host)) found.add(host.split('.').slice(0, 2).join('.'));
    }
    for (const field of ['args', 'command']) {
      const words = [container[field]].flat().filter((word) => typeof word === 'string');
      for (const [, host = ''] of words.join(' ').slice(0, 5_000).matchAll(clusterHost)) found.add(host);
    }
  }
  return found;
}

function addStore(secret: ClusterObject, add: (from: string, to: string, why: string) => void): void {
  const store = at(secret.body, 'spec', 'secretStoreRef');
  const name = textAt(store, 'name');
  if (name === undefined) return;
  const kind = textAt(store, 'kind') ?? 'SecretStore';
  const namespace = kind === 'ClusterSecretStore' ? '' : secret.namespace;
  add(refText(secret), refText({ group: '', kind, namespace, name }), 'its store');
}

/** `docker.io` for what names none. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** What a quota refuses is due to it. */
function addQuotas({ findings }: SurveyFacts, add: (from: string, to: string, why: string) => void): void {
  const quotas = findings.filter(({ rule }) => rule === 'quota-pressure');
  for (const { rule, root } of findings) {
    if (rule !== 'pods-not-created') continue;
    for (const quota of quotas) {
      if (placeSpace(quota.object) === placeSpace(root)) add(root, quota.object, 'it may refuse its pods');
    }
  }
}

/** What no scheduler has looked at waits for the node that should run it. */
function addScheduler({ findings }: SurveyFacts, add: (from: string, to: string, why: string) => void): void {
  const silent = findings.filter(({ rule }) => rule === 'scheduler-silent');
  for (const { rule, root, summary } of findings) {
    if (rule !== 'pod-stuck-starting' || !summary.includes('no scheduler')) continue;
    for (const { object } of silent) add(root, object, 'its pods wait for the scheduler there');
  }
}

function placeSpace(object: string): string {
  return /^\S+ ([^/]+)\//.exec(object)?.[1] ?? '';
}

function dnsOf(view: ClusterView): string | undefined {
  const service = view.get('services', 'kube-system', 'kube-dns') ?? view.get('services', 'kube-system', 'coredns');
  return service === undefined ? undefined : refText(service);
}

function sharedOf(
  { workloads, nodes }: SurveyFacts,
  edges: Iterable<Dependency>,
  dns: string | undefined,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>(nodes.map(({ name }) => [`Node ${name}`, 0]));
  const count = (object: string): void => void counts.set(object, (counts.get(object) ?? 0) + 1);
  for (const one of workloads) for (const node of one.nodes) count(`Node ${node}`);
  for (const { to } of edges) if (/^(?:StorageClass|Registry) /.test(to) || to === dns) count(to);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
