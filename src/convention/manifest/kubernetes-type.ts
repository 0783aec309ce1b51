import { list, map, type Node, scalar, unknown } from '../node/node.ts';

/**
 * The Kubernetes provider writes an object its own way: `container` blocks in lists, `init_container`, `host_pid`. Rules are
 * written for manifests, so its resources are read as the manifests they become.
 */

/** Kinds whose name the type does not spell. */
const oddKinds: Readonly<Record<string, string>> = {
  daemonset: 'DaemonSet',
  csi_driver: 'CSIDriver',
  api_service: 'APIService',
  default_service_account: 'ServiceAccount',
  config_map_data: 'ConfigMap',
  secret_data: 'Secret',
};

/** `kubernetes_stateful_set_v1` makes a StatefulSet. Undefined for types that make no one kind, or are of another provider. */
export function kindOfType(type: string): string | undefined {
  const word = /^kubernetes_([a-z0-9_]+)$/.exec(type)?.[1]?.replace(/_v\d+(?:(?:alpha|beta)\d+)?(?=_data$|$)/, '');
  if (word === undefined || ['manifest', 'labels', 'annotations', 'env', 'resource', 'resources'].includes(word)) {
    return undefined;
  }
  return oddKinds[word] ?? word.split('_').map(capital).join('');
}

/** Blocks that stand for a list in the manifest, and what the list is called there. */
const listed: Readonly<Record<string, string>> = {
  container: 'containers',
  init_container: 'initContainers',
  volume: 'volumes',
  volume_mount: 'volumeMounts',
  volume_device: 'volumeDevices',
  env: 'env',
  env_from: 'envFrom',
  port: 'ports',
  ports: 'ports',
  rule: 'rules',
  subject: 'subjects',
  path: 'paths',
  toleration: 'tolerations',
  image_pull_secrets: 'imagePullSecrets',
  image_pull_secret: 'imagePullSecrets',
  host_aliases: 'hostAliases',
  tls: 'tls',
  webhook: 'webhooks',
  limit: 'limits',
  volume_claim_template: 'volumeClaimTemplates',
  topology_spread_constraint: 'topologySpreadConstraints',
  match_expressions: 'matchExpressions',
  from: 'from',
  to: 'to',
  ingress: 'ingress',
  egress: 'egress',
  items: 'items',
  sources: 'sources',
  metric: 'metrics',
  subset: 'subsets',
};

/** Keys in which the provider's words are not simply camel case. */
const odd: Readonly<Record<string, string>> = {
  host_ipc: 'hostIPC',
  host_pid: 'hostPID',
  cluster_ip: 'clusterIP',
  external_ips: 'externalIPs',
  load_balancer_ip: 'loadBalancerIP',
  non_resource_urls: 'nonResourceURLs',
  storage_provisioner: 'provisioner',
};

/** The manifest a resource of this type becomes; attributes are read as a plan has them, blocks as lists of maps. */
export function manifestOfType(kind: string, attributes: Node): Node {
  const body = blockOf(attributes, kind);
  if (body.kind !== 'map') return body;
  return map([['kind', scalar(kind)], ...body.entries], { open: body.open, place: body.place });
}

/** A block's own keys are the provider's words; those of a map attribute (labels, data, limits) are somebody's own. */
function blockOf(node: Node, parent: string): Node {
  if (node.kind !== 'map') return node;
  const entries = [...node.entries].flatMap(([key, value]) => entryOf(key, value, parent));
  return map(entries, { open: node.open, place: node.place });
}

function entryOf(key: string, value: Node, parent: string): readonly (readonly [string, Node])[] {
  if (value.kind !== 'list') return [[odd[key] ?? camel(key), value]];
  const isBlocks = value.items.length === 0 || value.items.every(({ kind }) => kind === 'map');
  if (!isBlocks) return [[(Object.hasOwn(listed, key) ? listed[key] : undefined) ?? odd[key] ?? camel(key), value]];
  const inside = value.items.map((item) => blockOf(item, key));
  // A backend's `port` is one object, a container's one of several.
  const plural = Object.hasOwn(listed, key) && !(key === 'port' && parent === 'service') ? listed[key] : undefined;
  if (plural !== undefined) return [[plural, list(inside, { open: value.open, place: value.place })]];
  const name = odd[key] ?? camel(key);
  const [only, ...others] = inside;
  if (others.length > 0) return [[name, list(inside, { open: value.open, place: value.place })]];
  if (only !== undefined) return [[name, only]];
  return value.open ? [[name, unknown(value.place)]] : [];
}

function camel(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
