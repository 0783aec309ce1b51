import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import {
  type ClusterConfig,
  chroniclePort,
  clusterPort,
  connectCluster,
  openChronicle,
} from '../../src/cluster/index.ts';
import { openKnowledge } from '../../src/incident/knowledge/open.ts';
import { defineErrors, defineGroup, ifConfigured, provide, type Reach } from '../../src/kit/index.ts';
import { logStorePort } from '../../src/monitoring/port.ts';
import { redactorPort } from '../../src/redaction/port.ts';
import { databasePort } from '../../src/store/port.ts';
import { type VaultSession, vaultPort } from '../../src/vault/index.ts';
import { changes } from './changes.ts';
import { describe } from './describe.ts';
import { events } from './events.ts';
import { explain } from './explain.ts';
import { get } from './get.ts';
import { health } from './health.ts';
import { type LentAccount, lentAccountConfig, openLentAccount } from './lent-account.ts';
import { logs } from './logs.ts';
import type { KubectlPorts } from './port.ts';
import { resolve } from './resolve.ts';
import { top } from './top.ts';
import { wait } from './wait.ts';

const groupError = defineErrors({
  'kubernetes-config-invalid': {
    audience: 'operator',
    meaning: '`kubernetes` in castellan.yaml names both a kubeconfig and inCluster, or neither.',
  },
});

const config = z.strictObject({
  kubeconfig: z
    .string()
    .refine((path) => isAbsolute(path) || path.startsWith('~/'), 'an absolute path, or one that starts with ~/')
    .optional()
    .describe('the kubeconfig with the read-only credential'),
  context: z
    .string()
    .min(1)
    .optional()
    .describe('the context read unless a call says otherwise; default: current-context'),
  contexts: z.array(z.string().min(1)).max(20).optional().describe('further contexts a call may name'),
  inCluster: z.literal(true).optional().describe("use the pod's own ServiceAccount instead of a kubeconfig"),
  vault: lentAccountConfig
    .optional()
    .describe('a token lent by Vault, in place of what the user of the kubeconfig has; needs `vault`'),
  deadlineSeconds: z.number().min(1).max(40).default(10).describe('how long one request to the API server may take'),
});

export const kubectl = defineGroup({
  name: 'kubectl',
  summary: 'Kubernetes objects, redacted and problems first; reads only',
  prefixes: ['kubectl', 'cluster', 'app'],
  configKey: 'kubernetes',
  config,
  howToConfigure: 'kubernetes: { kubeconfig: /path/to/read-only.kubeconfig } (or inCluster: true)',
  routing: [
    'what is wrong in the cluster → cluster_health, first',
    'why one object does not work: rollout, containers, events and logs in one → kubectl_describe before raw kubectl describe',
    'what changed, by a rollout or by hand, last night too → cluster_changes',
    'events, kills and evictions, those the cluster has forgotten too → kubectl_events before raw kubectl get events',
    'what a pod, a workload or an app wrote, crashed containers too → kubectl_logs before raw kubectl logs',
    'objects of any kind: a list, a count by image or node, one as YAML → kubectl_get before raw kubectl get',
    'where an app or a host lives → app_resolve',
    'who uses how much, and is near a limit → kubectl_top before raw kubectl top',
    'kinds, fields, and what the credential may → kubectl_explain before raw kubectl explain, api-resources, auth can-i',
    'until a rollout, a condition or a deletion is done → kubectl_wait before polling or raw kubectl wait',
  ],
  requires: {
    redactor: redactorPort,
    database: databasePort,
    vault: ifConfigured(vaultPort),
    logStore: ifConfigured(logStorePort),
  },
  provides: [clusterPort.name, chroniclePort.name],
  // The chronicle is written whether anybody asks or not.
  eager: true,
  tools: [changes, describe, events, explain, get, health, logs, resolve, top, wait],
  async connect(given, { redactor, database, vault, logStore }) {
    const account = lentAccount(given, vault);
    const cluster = await connectCluster(clusterConfig(given, account), { redactor }).catch(async (error: unknown) => {
      await account?.[Symbol.asyncDispose]();
      throw error;
    });
    const chronicle = openChronicle({ readers: cluster.readers, database });
    const ports: KubectlPorts = { cluster: cluster.reader, chronicle, known: openKnowledge({ database }), logStore };
    return {
      ports,
      provides: [provide(clusterPort, cluster.reader), provide(chroniclePort, chronicle)],
      probe: async (signal) => {
        const findings = await cluster.probe(signal);
        return account === undefined ? findings : [...findings, account.probe()];
      },
      [Symbol.asyncDispose]: async () => {
        await chronicle[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
        await account?.[Symbol.asyncDispose]();
      },
    };
  },
});

function lentAccount(
  { vault: wanted }: z.output<typeof config>,
  vault: Reach<VaultSession> | undefined,
): LentAccount | undefined {
  if (wanted === undefined) return undefined;
  if (vault !== undefined) return openLentAccount(wanted, vault);
  throw groupError('kubernetes-config-invalid', {
    message: '`kubernetes.vault` wants a token lent by Vault, and castellan.yaml names no Vault',
    next: 'add `vault` to castellan.yaml, or take `vault` out of `kubernetes`',
  });
}

function clusterConfig(given: z.output<typeof config>, account: LentAccount | undefined): ClusterConfig {
  const { kubeconfig, context, contexts, inCluster, deadlineSeconds } = given;
  const deadlineMs = deadlineSeconds * 1_000;
  const alone = context === undefined && contexts === undefined && account === undefined;
  if (inCluster === true && kubeconfig === undefined && alone) return { inCluster, deadlineMs };
  // A lent token is one cluster's.
  if (inCluster === undefined && kubeconfig !== undefined && !(account !== undefined && contexts !== undefined)) {
    const file = kubeconfig.startsWith('~/') ? join(homedir(), kubeconfig.slice(2)) : kubeconfig;
    if (account !== undefined) return { kubeconfig: file, context, bearer: account.bearer, deadlineMs };
    return { kubeconfig: file, context, contexts: contexts ?? [], deadlineMs };
  }
  throw groupError('kubernetes-config-invalid', {
    message: '`kubernetes` takes either kubeconfig (with context, and contexts or vault) or inCluster: true',
    next: 'correct castellan.yaml; `castellan config check` shows where',
  });
}
