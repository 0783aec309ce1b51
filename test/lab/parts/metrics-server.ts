import { mkdirSync, readFileSync } from 'node:fs';
import { writeKubeconfig } from '../kubeconfig.ts';
import { create } from '../kubectl.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

export const metricsServer: Part = {
  name: 'metrics-server',
  programs: ['metrics-server', 'kubectl'],
  needs: ['kube-apiserver', 'kwok'],
  ports: ['metrics-server'],

  async prepare(lab) {
    mkdirSync(lab.path('metrics-server'), { mode: 0o700 });
    writeKubeconfig(lab, 'metrics-server', { certificate: 'metrics-client' });
    const port = lab.port('metrics-server');
    const name = 'metrics-server';
    const namespace = 'kube-system';
    await create(lab, [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        // It runs beside the API server, not in a pod: the name leads back to loopback.
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] },
      },
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        spec: {
          group: 'metrics.k8s.io',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { name, namespace, port },
          caBundle: readFileSync(lab.pki('ca.crt')).toString('base64'),
        },
      },
    ]);
  },

  command(lab) {
    const kubeconfig = lab.kubeconfig('metrics-server');
    return {
      file: lab.program('metrics-server'),
      args: [
        `--kubeconfig=${kubeconfig}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${lab.port('metrics-server')}`,
        `--tls-cert-file=${lab.pki('metrics-server.crt')}`,
        `--tls-private-key-file=${lab.pki('metrics-server.key')}`,
        `--client-ca-file=${lab.pki('ca.crt')}`,
        `--kubelet-certificate-authority=${lab.pki('ca.crt')}`,
        '--kubelet-preferred-address-types=InternalIP',
        '--kubelet-use-node-status-port',
        '--metric-resolution=10s',
        // Must be shorter than the resolution.
        '--kubelet-request-timeout=5s',
      ],
    };
  },

  /** Alive, not yet with numbers: those need two rounds of reading the nodes. */
  ready(lab) {
    return answersOk({
      port: lab.port('metrics-server'),
      path: '/livez',
      ca: lab.pki('ca.crt'),
      cert: lab.pki('admin.crt'),
      key: lab.pki('admin.key'),
    });
  },
};
