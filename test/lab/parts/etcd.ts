import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

export const etcd: Part = {
  name: 'etcd',
  programs: ['etcd'],
  needs: [],
  ports: ['etcd', 'etcd-peer'],
  command(lab) {
    const client = `https://127.0.0.1:${lab.port('etcd')}`;
    const peer = `https://127.0.0.1:${lab.port('etcd-peer')}`;
    return {
      file: lab.program('etcd'),
      args: [
        '--name=lab',
        `--data-dir=${lab.path('etcd')}`,
        // The data is thrown away with the lab: waiting for the disk would only make it slower.
        '--unsafe-no-fsync',
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=lab=${peer}`,
        // Loopback is shared with every program of the machine: only this lab's API server may read the store.
        '--client-cert-auth',
        `--trusted-ca-file=${lab.pki('etcd-ca.crt')}`,
        `--cert-file=${lab.pki('etcd.crt')}`,
        `--key-file=${lab.pki('etcd.key')}`,
        '--peer-client-cert-auth',
        `--peer-trusted-ca-file=${lab.pki('etcd-ca.crt')}`,
        `--peer-cert-file=${lab.pki('etcd.crt')}`,
        `--peer-key-file=${lab.pki('etcd.key')}`,
        // 5,000 pods with their events outgrow the default of 2 GiB when nothing is compacted.
        `--quota-backend-bytes=${4 * 1024 ** 3}`,
        '--log-level=warn',
      ],
    };
  },
  ready(lab) {
    return answersOk({
      port: lab.port('etcd'),
      path: '/health',
      ca: lab.pki('etcd-ca.crt'),
      cert: lab.pki('etcd-client.crt'),
      key: lab.pki('etcd-client.key'),
    });
  },
};
