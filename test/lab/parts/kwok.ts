import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeKubeconfig } from '../kubeconfig.ts';
import { createFrom, kubectl } from '../kubectl.ts';
import type { Lab } from '../lab.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

/** Faults, one stage a file: a pod shows the fault its label `castellan.example/fault` names. */
const faults = join(import.meta.dirname, '../faults');

const kinds = ['Stage', 'Logs', 'ClusterLogs', 'Metric', 'ResourceUsage', 'ClusterResourceUsage'];
const stages = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'];

/** Plays the kubelet of every node: pods become ready, logs and usage can be read, nothing really runs. */
export const kwok: Part = {
  name: 'kwok',
  programs: ['kwok', 'kubectl'],
  needs: ['kube-apiserver'],
  ports: ['kubelet'],

  async prepare(lab) {
    writeKubeconfig(lab, 'kwok', { certificate: 'kwok' });
    const folder = lab.extra('kwok', 'crd', 'bases');
    const definitions = kinds.map((kind) => join(folder, `kwok.x-k8s.io_${plural(kind)}.yaml`));
    await createFrom(lab, definitions);
    await kubectl(lab, 'admin', [
      'wait',
      '--for=condition=Established',
      '--timeout=30s',
      ...definitions.map((file) => `--filename=${file}`),
    ]);
    await createFrom(lab, [
      ...stages.flatMap((stage) => manifests(lab.extra('kwok', 'stage', stage))),
      ...manifests(faults),
      lab.extra('kwok', 'metrics', 'usage', 'usage-from-annotation.yaml'),
    ]);
  },

  command(lab) {
    return {
      file: lab.program('kwok'),
      args: [
        `--kubeconfig=${lab.kubeconfig('kwok')}`,
        '--manage-all-nodes',
        '--cidr=10.244.0.0/16',
        '--node-ip=127.0.0.1',
        `--node-port=${lab.port('kubelet')}`,
        `--server-address=127.0.0.1:${lab.port('kubelet')}`,
        `--tls-cert-file=${lab.pki('kubelet.crt')}`,
        `--tls-private-key-file=${lab.pki('kubelet.key')}`,
        // Without leases every node is NotReady after fifty seconds.
        '--node-lease-duration-seconds=40',
        `--enable-crds=${kinds.join(',')}`,
      ],
    };
  },

  ready(lab) {
    return kubeletAnswers(lab, '/healthz');
  },

  async settle(lab) {
    await createFrom(lab, [lab.extra('kwok', 'metrics', 'resource', 'metrics-resource.yaml')]);
    // It may read its list of metrics before it knows of this one, and looks again only when something changes.
    for (let round = 1; !(await kubeletAnswers(lab, '/metrics/nodes/any/metrics/resource')); round++) {
      if (round > 30) throw new Error('kwok never served the metrics of its nodes');
      await sleep(100 * round, undefined, { signal: lab.signal });
      await kubectl(lab, 'admin', ['annotate', '--overwrite', 'metric', 'metrics-resource', `lab/round=${round}`]);
    }
  },
};

function kubeletAnswers(lab: Lab, path: string): Promise<boolean> {
  return answersOk({
    port: lab.port('kubelet'),
    path,
    ca: lab.pki('ca.crt'),
    cert: lab.pki('apiserver-kubelet.crt'),
    key: lab.pki('apiserver-kubelet.key'),
  });
}

function plural(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith('s') ? lower : `${lower}s`;
}

function manifests(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .map((file) => join(folder, file));
}
