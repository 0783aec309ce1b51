import { writeKubeconfig } from '../kubeconfig.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

export const kubeControllerManager: Part = {
  name: 'kube-controller-manager',
  programs: ['kube-controller-manager'],
  needs: ['kube-apiserver'],
  ports: ['kube-controller-manager'],
  async prepare(lab) {
    writeKubeconfig(lab, 'controller-manager', { certificate: 'controller-manager' });
  },
  command(lab) {
    const kubeconfig = lab.kubeconfig('controller-manager');
    return {
      file: lab.program('kube-controller-manager'),
      args: [
        `--kubeconfig=${kubeconfig}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${lab.port('kube-controller-manager')}`,
        `--tls-cert-file=${lab.pki('kubelet.crt')}`,
        `--tls-private-key-file=${lab.pki('kubelet.key')}`,
        `--client-ca-file=${lab.pki('ca.crt')}`,
        '--leader-elect=false',
        '--use-service-account-credentials=true',
        `--service-account-private-key-file=${lab.pki('service-account.key')}`,
        `--root-ca-file=${lab.pki('ca.crt')}`,
        `--cluster-signing-cert-file=${lab.pki('ca.crt')}`,
        `--cluster-signing-key-file=${lab.pki('ca.key')}`,
        // The default rates take minutes to create thousands of pods.
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
        '--concurrent-replicaset-syncs=20',
        '--concurrent-deployment-syncs=20',
      ],
    };
  },
  ready(lab) {
    return answersOk({
      port: lab.port('kube-controller-manager'),
      path: '/healthz',
      ca: lab.pki('ca.crt'),
      cert: lab.pki('admin.crt'),
      key: lab.pki('admin.key'),
    });
  },
};
