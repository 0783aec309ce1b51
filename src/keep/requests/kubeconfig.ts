import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { readKubeconfig } from '../../cluster/transport/kubeconfig.ts';
import { Secret } from '../../kit/index.ts';
import type { KeepConfig } from '../config/valid.ts';
import { notPossible } from './errors.ts';

/** Where the cluster is and how it is known, of the keep's own kubeconfig; nothing of who the keep is there. */
export interface ClusterAddress {
  readonly server: string;
  readonly serverName: string | undefined;
  /** PEM. */
  readonly authority: Buffer | undefined;
}

/** Errors: `request-not-possible`, those of a kubeconfig. */
export async function clusterAddress(kubernetes: KeepConfig['kubernetes']): Promise<ClusterAddress> {
  if (kubernetes === undefined) {
    throw notPossible('it does not know the cluster', 'an operator sets `kubernetes:` in keep.yaml');
  }
  const {
    server,
    serverName,
    certificateAuthority: ca,
  } = await readKubeconfig(kubernetes.kubeconfig, kubernetes.context);
  const authority = ca === undefined ? undefined : 'pem' in ca ? ca.pem : await readFile(ca.file);
  return { server: server.href.replace(/\/$/, ''), serverName, authority };
}

export interface Lent {
  readonly role: string;
  readonly namespace: string;
  readonly token: Secret;
}

/** For kubectl as it is: one cluster, one user, one context. */
export function kubeconfigOf({ role, namespace, token }: Lent, address: ClusterAddress): Secret {
  const name = `castellan-${role}`;
  const cluster = {
    server: address.server,
    ...(address.serverName === undefined ? {} : { 'tls-server-name': address.serverName }),
    ...(address.authority === undefined ? {} : { 'certificate-authority-data': address.authority.toString('base64') }),
  };
  return new Secret(
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster }],
      users: [{ name, user: { token: token.reveal() } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      'current-context': name,
    }),
  );
}
