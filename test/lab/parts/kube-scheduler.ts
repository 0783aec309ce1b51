import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { writeKubeconfig } from '../kubeconfig.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

export const kubeScheduler: Part = {
  name: 'kube-scheduler',
  programs: ['kube-scheduler'],
  needs: ['kube-apiserver'],
  ports: ['kube-scheduler'],
  async prepare(lab) {
    const kubeconfig = lab.kubeconfig('scheduler');
    writeKubeconfig(lab, 'scheduler', { certificate: 'scheduler' });
    writeFileSync(
      lab.path('scheduler.yaml'),
      stringify({
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'KubeSchedulerConfiguration',
        leaderElection: { leaderElect: false },
        // The default rates take minutes to place thousands of pods.
        clientConnection: { kubeconfig, qps: 500, burst: 1000 },
      }),
    );
  },
  command(lab) {
    const kubeconfig = lab.kubeconfig('scheduler');
    return {
      file: lab.program('kube-scheduler'),
      args: [
        `--config=${lab.path('scheduler.yaml')}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${lab.port('kube-scheduler')}`,
        `--tls-cert-file=${lab.pki('kubelet.crt')}`,
        `--tls-private-key-file=${lab.pki('kubelet.key')}`,
        `--client-ca-file=${lab.pki('ca.crt')}`,
      ],
    };
  },
  ready(lab) {
    return answersOk({
      port: lab.port('kube-scheduler'),
      path: '/healthz',
      ca: lab.pki('ca.crt'),
      cert: lab.pki('admin.crt'),
      key: lab.pki('admin.key'),
    });
  },
};
