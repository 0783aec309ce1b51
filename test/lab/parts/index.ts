import { etcd } from './etcd.ts';
import { kubeApiserver } from './kube-apiserver.ts';
import { kubeControllerManager } from './kube-controller-manager.ts';
import { kubeScheduler } from './kube-scheduler.ts';
import { kwok } from './kwok.ts';
import { metricsServer } from './metrics-server.ts';
import type { Part } from './part.ts';

/** Every part, each after what it needs. A new part is one file and one line here. */
export const parts: readonly Part[] = [etcd, kubeApiserver, kubeControllerManager, kubeScheduler, kwok, metricsServer];

export type { Part } from './part.ts';

/** Splits the parts by whether their programs are there; a part that needs a missing one is missing too. */
export function splitByPrograms(isThere: (program: string) => boolean): { startable: Part[]; missing: Part[] } {
  const startable: Part[] = [];
  const missing: Part[] = [];
  for (const part of parts) {
    const complete = part.programs.every(isThere) && part.needs.every((need) => startable.some((p) => p.name === need));
    (complete ? startable : missing).push(part);
  }
  return { startable, missing };
}
