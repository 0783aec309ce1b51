import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { labEnv } from './env.ts';
import { contextName } from './kubeconfig.ts';
import type { Lab } from './lab.ts';

/** A castellan.yaml wired to this lab, as the account Castellan is deployed with. Its data directory is the caller's choice. */
export function writeCastellanConfig(lab: Lab): void {
  const { vault } = labEnv(lab);
  const config = {
    kubernetes: { kubeconfig: lab.kubeconfig('castellan'), context: contextName(lab, 'castellan') },
    ...(vault === undefined
      ? {}
      : { vault: { address: vault.addr, auth: { kind: 'token-file', file: vault.castellanTokenFile } } }),
    log: { level: 'info' },
  };
  writeFileSync(lab.path('castellan.yaml'), stringify(config), { mode: 0o600 });
}
