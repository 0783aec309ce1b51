import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Lab } from './lab.ts';

export type Credential = { readonly certificate: string } | { readonly token: string };

export function contextName(lab: Lab, who: string): string {
  return `${who}@castellan-lab-${lab.name}`;
}

/** Writes a kubeconfig that needs no other file. */
export function writeKubeconfig(lab: Lab, who: string, credential: Credential): void {
  const base64 = (file: string) => readFileSync(lab.pki(file)).toString('base64');
  const cluster = `castellan-lab-${lab.name}`;
  const context = contextName(lab, who);
  const user =
    'token' in credential
      ? { token: credential.token }
      : {
          'client-certificate-data': base64(`${credential.certificate}.crt`),
          'client-key-data': base64(`${credential.certificate}.key`),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { server: lab.server, 'certificate-authority-data': base64('ca.crt') } }],
    users: [{ name: who, user }],
    contexts: [{ name: context, context: { cluster, user: who } }],
    'current-context': context,
  };
  writeFileSync(lab.kubeconfig(who), stringify(config), { mode: 0o600 });
}
