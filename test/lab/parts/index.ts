import { homelab } from '../homelab/homelab.ts';
import { alertmanager } from './alertmanager.ts';
import { etcd } from './etcd.ts';
import { exporter } from './exporter.ts';
import { kubeApiserver } from './kube-apiserver.ts';
import { kubeControllerManager } from './kube-controller-manager.ts';
import { kubeScheduler } from './kube-scheduler.ts';
import { kwok } from './kwok.ts';
import { logShipper } from './log-shipper.ts';
import { loki } from './loki.ts';
import { metricsServer } from './metrics-server.ts';
import { oidc } from './oidc.ts';
import type { Ingredient, Part } from './part.ts';
import { postgres } from './postgres.ts';
import { prometheus } from './prometheus.ts';
import { vault } from './vault.ts';
import { vaultRaft } from './vault-raft.ts';

/** Every part, each after what it needs. A new part is one file and one line here. */
export const parts: readonly Part[] = [
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kwok,
  metricsServer,
  alertmanager,
  exporter,
  prometheus,
  loki,
  logShipper,
  postgres,
  oidc,
  vault,
  vaultRaft,
];

export type { Ingredient, Part } from './part.ts';

/** Splits what a lab is made of by whether its programs are there; what needs something missing is missing too. */
export function splitByPrograms(isThere: (program: string) => boolean): {
  startable: readonly Part[];
  missing: readonly Ingredient[];
} {
  const startable: Part[] = [];
  const isComplete = ({ programs, needs }: Ingredient): boolean =>
    programs.every(isThere) && needs.every((need) => startable.some((part) => part.name === need));
  const missing: Ingredient[] = [];
  for (const part of parts) {
    if (isComplete(part)) startable.push(part);
    else missing.push(part);
  }
  return { startable, missing: isComplete(homelab) ? missing : [...missing, homelab] };
}
