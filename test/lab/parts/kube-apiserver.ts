import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeKubeconfig } from '../kubeconfig.ts';
import { createFrom, kubectl } from '../kubectl.ts';
import type { Lab } from '../lab.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

/** The roles Castellan and its keep are deployed with: the lab runs the real ones. */
const roles = ['reader-role.yaml', 'planner-role.yaml', 'applier-role.yaml', 'fingerprinter-role.yaml'].map((file) =>
  join(import.meta.dirname, '../../../deploy/kubernetes', file),
);

/** What operators define that a homelab has. None of them runs here. */
const crds = join(import.meta.dirname, '../crds');

/** Who asked for what with which verb, never what was in it. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export const kubeApiserver: Part = {
  name: 'kube-apiserver',
  programs: ['kube-apiserver', 'kubectl'],
  needs: ['etcd'],
  ports: ['kube-apiserver'],

  async prepare(lab) {
    writeFileSync(lab.path('audit-policy.yaml'), stringify(auditPolicy));
    mkdirSync(lab.path('kubeconfig'), { mode: 0o700 });
    writeKubeconfig(lab, 'admin', { certificate: 'admin' });
  },

  command(lab) {
    return {
      file: lab.program('kube-apiserver'),
      args: [
        '--bind-address=127.0.0.1',
        `--secure-port=${lab.port('kube-apiserver')}`,
        `--tls-cert-file=${lab.pki('apiserver.crt')}`,
        `--tls-private-key-file=${lab.pki('apiserver.key')}`,
        `--etcd-servers=https://127.0.0.1:${lab.port('etcd')}`,
        `--etcd-cafile=${lab.pki('etcd-ca.crt')}`,
        `--etcd-certfile=${lab.pki('etcd-client.crt')}`,
        `--etcd-keyfile=${lab.pki('etcd-client.key')}`,
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--allow-privileged=true',
        '--anonymous-auth=false',
        '--profiling=false',
        '--authorization-mode=Node,RBAC',
        `--client-ca-file=${lab.pki('ca.crt')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${lab.pki('service-account.pub')}`,
        `--service-account-signing-key-file=${lab.pki('service-account.key')}`,
        `--kubelet-certificate-authority=${lab.pki('ca.crt')}`,
        `--kubelet-client-certificate=${lab.pki('apiserver-kubelet.crt')}`,
        `--kubelet-client-key=${lab.pki('apiserver-kubelet.key')}`,
        '--kubelet-preferred-address-types=InternalIP',
        `--requestheader-client-ca-file=${lab.pki('front-ca.crt')}`,
        '--requestheader-allowed-names=front-proxy-client',
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-username-headers=X-Remote-User',
        `--proxy-client-cert-file=${lab.pki('front.crt')}`,
        `--proxy-client-key-file=${lab.pki('front.key')}`,
        `--audit-policy-file=${lab.path('audit-policy.yaml')}`,
        `--audit-log-path=${lab.path('audit.log')}`,
        // A day, not an hour: a lab left up over lunch still shows why its pods fail.
        '--event-ttl=24h',
      ],
    };
  },

  ready(lab) {
    return answersOk({
      port: lab.port('kube-apiserver'),
      path: '/readyz',
      ca: lab.pki('ca.crt'),
      cert: lab.pki('admin.crt'),
      key: lab.pki('admin.key'),
    });
  },

  async settle(lab) {
    await createFrom(lab, [...roles, crds]);
    writeKubeconfig(lab, 'castellan', { token: await tokenOf(lab, 'castellan', 'castellan') });
    writeKubeconfig(lab, 'planner', { token: await tokenOf(lab, 'planner', 'castellan-keep') });
    writeKubeconfig(lab, 'applier', { token: await tokenOf(lab, 'castellan-applier', 'castellan-keep') });
    writeKubeconfig(lab, 'fingerprinter', { token: await tokenOf(lab, 'castellan-fingerprinter', 'castellan-keep') });
  },
};

async function tokenOf(lab: Lab, account: string, namespace: string): Promise<string> {
  const month = `--duration=${30 * 24}h`;
  return (await kubectl(lab, 'admin', ['create', 'token', account, `--namespace=${namespace}`, month])).trim();
}
