import { listed } from '../../cluster/index.ts';
import type { Triage } from './port.ts';
import type { Domain } from './rubric.ts';
import { kindOf, type Sight } from './sight.ts';

/** Which trades an outage belongs to, and so who is asked: by what is wrong, never by how it is called. */
const kindDomain: Readonly<Record<string, Domain>> = {
  PersistentVolumeClaim: 'storage',
  PersistentVolume: 'storage',
  StorageClass: 'storage',
  VolumeAttachment: 'storage',
  CSIDriver: 'storage',
  Cluster: 'database',
  ScheduledBackup: 'database',
  Service: 'networking',
  Ingress: 'networking',
  IngressRoute: 'networking',
  HTTPRoute: 'networking',
  Gateway: 'networking',
  NetworkPolicy: 'networking',
  Probe: 'networking',
  Certificate: 'auth',
  CertificateRequest: 'auth',
  Issuer: 'auth',
  ClusterIssuer: 'auth',
  ExternalSecret: 'auth',
  SecretStore: 'auth',
  ClusterSecretStore: 'auth',
  Node: 'compute',
  ResourceQuota: 'compute',
  LimitRange: 'compute',
  Registry: 'deploy',
  CronJob: 'deploy',
};

const ruleDomain: readonly (readonly [pattern: RegExp, domain: Domain])[] = [
  [/^(?:claim|volume|storage|csi|provisioner)-/, 'storage'],
  [/^database-/, 'database'],
  [/^(?:service-(?!account)|ingress-|route-|gateway-|load-balancer-|network-)/, 'networking'],
  [/^(?:certificate-|tls-|issuer-|secret-store-|external-secret-|anonymous-|default-account-|wildcard-)/, 'auth'],
  [/^(?:node-|pod-unschedulable|quota-|limit-range-|container-crashing|autoscaler-)/, 'compute'],
  [/^(?:image-|rollout-|container-config|pods-not-created|cronjob-|job-)/, 'deploy'],
];

/** Heaviest first. */
export function domainsOf(sight: Sight, weights: ReadonlyMap<string, number>): ReadonlyMap<Domain, readonly string[]> {
  const found = new Map<Domain, Map<string, number>>();
  const add = (domain: Domain | undefined, object: string): void => {
    if (domain === undefined) return;
    const there = found.get(domain) ?? new Map<string, number>();
    there.set(object, weights.get(object) ?? 0);
    found.set(domain, there);
  };
  for (const { rule, root, severity } of sight.findings) {
    if (severity !== 'notice') add(ruleDomain.find(([pattern]) => pattern.test(rule))?.[1], root);
  }
  for (const [object, weight] of weights) {
    if (weight < 0.15) continue;
    add(kindDomain[kindOf(object)], object);
    add(sight.criticalOf(object)?.domain, object);
  }
  const total = (objects: ReadonlyMap<string, number>): number =>
    [...objects.values()].reduce((sum, one) => sum + one, 0);
  return new Map(
    [...found]
      .sort(([a, x], [b, y]) => total(y) - total(x) || (a < b ? -1 : 1))
      .map(([domain, objects]) => [
        domain,
        [...objects].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([object]) => object),
      ]),
  );
}

const always: Triage['specialists'] = [
  { agent: 'cluster-health-checker', why: 'every incident: what else is wrong now' },
  { agent: 'sre', why: 'every incident: capacity, logs and events of the suspects' },
  { agent: 'observability-engineer', why: 'every incident: which alert fired, and which should have' },
];

const ofDomain: Readonly<Record<Domain, string>> = {
  storage: 'platform-engineer',
  compute: 'platform-engineer',
  networking: 'network-engineer',
  database: 'dba',
  auth: 'security-engineer',
  deploy: 'devops-engineer',
};

export function specialistsFor(
  domains: ReadonlyMap<Domain, readonly string[]>,
  nearChange: string | undefined,
): Triage['specialists'] {
  const asked = new Map<string, string>();
  for (const [domain, objects] of domains) {
    const agent = ofDomain[domain];
    if (!asked.has(agent)) asked.set(agent, `${domain}: ${listed(objects, 2)}`);
  }
  if (nearChange !== undefined && !asked.has(ofDomain.deploy))
    asked.set(ofDomain.deploy, `a change was made: ${nearChange}`);
  return [...always, ...[...asked].map(([agent, why]) => ({ agent, why }))];
}
