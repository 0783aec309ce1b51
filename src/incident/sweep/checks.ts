import { actionsDue } from './checks/actions-due.ts';
import { alertsFiring } from './checks/alerts-firing.ts';
import { backupsFresh } from './checks/backups-fresh.ts';
import { changesWaiting } from './checks/changes-waiting.ts';
import { clocks } from './checks/clocks.ts';
import { clusterChecks } from './checks/cluster.ts';
import { drift } from './checks/drift.ts';
import { hostCertificates } from './checks/host-certificates.ts';
import { hostsAnswer } from './checks/hosts-answer.ts';
import { incidentsOpen } from './checks/incidents-open.ts';
import { keepWorks } from './checks/keep-works.ts';
import { killedForMemory } from './checks/killed-for-memory.ts';
import { logStoreReady } from './checks/log-store-ready.ts';
import { namesResolve } from './checks/names-resolve.ts';
import { nodeDisks } from './checks/node-disks.ts';
import { pressure } from './checks/pressure.ts';
import { prometheusReady } from './checks/prometheus-ready.ts';
import { recordWhole } from './checks/record-whole.ts';
import { repositoryFetched } from './checks/repository-fetched.ts';
import { serverErrors } from './checks/server-errors.ts';
import { silences } from './checks/silences.ts';
import { targetsUp } from './checks/targets-up.ts';
import { vaultUnsealed } from './checks/vault-unsealed.ts';
import { volumesFilling } from './checks/volumes-filling.ts';
import type { Check } from './port.ts';

/** Every check there is, in the order they are told among equals. */
export const allChecks: readonly Check[] = [
  ...clusterChecks,
  alertsFiring,
  hostsAnswer,
  hostCertificates,
  namesResolve,
  volumesFilling,
  nodeDisks,
  backupsFresh,
  killedForMemory,
  serverErrors,
  pressure,
  clocks,
  targetsUp,
  prometheusReady,
  silences,
  logStoreReady,
  vaultUnsealed,
  keepWorks,
  drift,
  changesWaiting,
  repositoryFetched,
  incidentsOpen,
  actionsDue,
  recordWhole,
];
