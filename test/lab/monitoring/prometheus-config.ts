import { join } from 'node:path';
import type { Lab } from '../lab.ts';

/** The name the planted dead target goes by. */
const deadInstance = 'nas.example.net:9100';

/** Most of what the Kubernetes components say are buckets of histograms that nobody here asks for. */
const withoutBuckets = [{ source_labels: ['__name__'], regex: '.+_bucket', action: 'drop' }];

export function prometheusConfig(lab: Lab): object {
  return {
    global: {
      scrape_interval: '5s',
      scrape_timeout: '4s',
      evaluation_interval: '5s',
      external_labels: { cluster: `castellan-lab-${lab.name}` },
    },
    rule_files: [join(import.meta.dirname, 'rules.yaml')],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [at(lab, 'alertmanager')] }] }],
    },
    scrape_configs: [
      component(lab, 'kube-apiserver', { scrape_interval: '15s', scrape_timeout: '10s' }),
      component(lab, 'kube-controller-manager', { scrape_interval: '15s' }),
      component(lab, 'kube-scheduler', { scrape_interval: '15s' }),
      component(lab, 'metrics-server', { scrape_interval: '15s' }),
      component(lab, 'exporter'),
      ...nodes(lab),
      ...overTls(lab, 'etcd', 'etcd', clientOf(lab, 'etcd-ca', 'etcd-client'), { scrape_interval: '15s' }),
      ...vaults(lab),
      plain(lab, 'prometheus'),
      plain(lab, 'alertmanager'),
      {
        job_name: 'node-exporter',
        // Nothing listens there: a port below 1024 is never handed to a program that asks for any free one.
        static_configs: [{ targets: ['127.0.0.1:1'], labels: { instance: deadInstance } }],
      },
    ].flat(),
  };
}

function at(lab: Lab, port: string): string {
  return `127.0.0.1:${lab.port(port)}`;
}

/** Only a server with a certificate of this lab is scraped, so that a port that changed hands is not mistaken for ours. */
function clientOf(lab: Lab, authority: string, certificate: string): object {
  return {
    ca_file: lab.pki(`${authority}.crt`),
    cert_file: lab.pki(`${certificate}.crt`),
    key_file: lab.pki(`${certificate}.key`),
  };
}

function component(lab: Lab, name: string, more: object = {}): object[] {
  return overTls(lab, name, name, clientOf(lab, 'ca', 'monitoring'), more);
}

/** None where this lab has no such part. */
function overTls(lab: Lab, job: string, port: string, client: object, more: object): object[] {
  if (lab.state.ports[port] === undefined) return [];
  return [
    {
      job_name: job,
      scheme: 'https',
      tls_config: client,
      static_configs: [{ targets: [at(lab, port)] }],
      metric_relabel_configs: withoutBuckets,
      ...more,
    },
  ];
}

function plain(lab: Lab, job: string): object {
  return { job_name: job, static_configs: [{ targets: [at(lab, job)] }] };
}

/** Vault asks for a token, its raft sibling for none. One that is sealed is a target that is down. */
function vaults(lab: Lab): object[] {
  const metrics = {
    metrics_path: '/v1/sys/metrics',
    params: { format: ['prometheus'] },
    scrape_interval: '15s',
  };
  const token = { credentials_file: lab.path('vault', 'root-token') };
  return [
    ...(lab.state.ports['vault'] === undefined ? [] : [{ ...plain(lab, 'vault'), ...metrics, authorization: token }]),
    ...overTls(lab, 'vault-raft', 'vault-raft', { ca_file: lab.pki('ca.crt') }, metrics),
  ];
}

/** The kubelet that is played here, itself and the usage of each node's containers; nodes are found as they come. */
function nodes(lab: Lab): object[] {
  if (lab.state.ports['kubelet'] === undefined) return [];
  const client = clientOf(lab, 'ca', 'monitoring');
  return [
    ...overTls(lab, 'kubelet', 'kubelet', client, {}),
    {
      job_name: 'kubelet-resource',
      scheme: 'https',
      tls_config: client,
      // Debian's build cannot ask the API server itself.
      http_sd_configs: [{ url: `https://${at(lab, 'exporter')}/nodes`, tls_config: client, refresh_interval: '10s' }],
    },
  ];
}
