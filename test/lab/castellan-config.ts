import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { labEnv } from './env.ts';
import { contextName } from './kubeconfig.ts';
import type { Lab } from './lab.ts';

/**
 * A castellan.yaml wired to this lab, as the account Castellan is deployed with. Its data directory is the caller's choice. Vault is
 * not in it: what answers beside a Vault needs a keep with a fingerprinter, or says that it has none.
 */
export function writeCastellanConfig(lab: Lab): void {
  const config = {
    kubernetes: { kubeconfig: lab.kubeconfig('castellan'), context: contextName(lab, 'castellan') },
    ...monitoringOf(lab),
    log: { level: 'info' },
  };
  writeFileSync(lab.path('castellan.yaml'), stringify(config), { mode: 0o600 });
}

/** Those of the three that this lab runs. */
function monitoringOf(lab: Lab): { monitoring?: Record<string, { url: string }> } {
  const { prometheus, alertmanager, loki } = labEnv(lab);
  const named = Object.entries({ prometheus, alertmanager, loki }).flatMap(([name, url]) =>
    url === undefined ? [] : [[name, { url }] as const],
  );
  return named.length === 0 ? {} : { monitoring: Object.fromEntries(named) };
}
