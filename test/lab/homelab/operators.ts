import { z } from 'zod';
import type { Api } from '../api.ts';
import { appThat, claimName, everyApp, type HomelabApp, type Stack, secretName, vaultPath } from './model.ts';
import { tagByHand } from './planted.ts';
import { missingKey, type VaultContent } from './vault-content.ts';

/** The lab has no operators: what they would write into the cluster is written here, once. */

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
const day = 24 * 60;

/** The disks that a provisioner would have made; a claim that finds none looks again only after a while. */
export async function provisionVolumes(api: Api, stacks: readonly Stack[]): Promise<void> {
  await each(stacks, async ({ app }) => {
    if (app.claim === undefined) return;
    await api.create('/api/v1/persistentvolumes', {
      metadata: { name: `${claimName(app)}-disk` },
      spec: {
        storageClassName: 'lab-disk',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: app.claim.size },
        hostPath: { path: '/srv/none' },
        claimRef: { namespace: app.namespace, name: claimName(app) },
      },
    });
  });
}

export async function playOperators(api: Api, stacks: readonly Stack[], vault: VaultContent): Promise<void> {
  await Promise.all([
    syncSecrets(api, stacks, vault),
    issueCertificates(api, stacks),
    reportBackups(api, stacks),
    runDatabases(api, stacks),
    changeByHand(api, stacks),
  ]);
}

async function syncSecrets(api: Api, stacks: readonly Stack[], vault: VaultContent): Promise<void> {
  await api.patch('/apis/external-secrets.io/v1/clustersecretstores/vault/status', {
    status: { conditions: [condition('Ready', true, 'Valid', 'store validated', 120 * day)] },
  });
  await each(stacks, async ({ stack, app }) => {
    if (app.secretKeys === undefined) return;
    const path = vaultPath(stack, app);
    const whole = app.does !== missingKey.does;
    const reason = whole
      ? condition('Ready', true, 'SecretSynced', 'secret synced', 40 * day)
      : condition(
          'Ready',
          false,
          'SecretSyncedError',
          `could not get secret data: no key ${missingKey.key} in ${path}`,
          3 * day,
        );
    await api.patch(
      `/apis/external-secrets.io/v1/namespaces/${app.namespace}/externalsecrets/${secretName(app)}/status`,
      { status: { refreshTime: ago(whole ? 6 : 3 * day), conditions: [reason] } },
    );
    await api.create(
      `/api/v1/namespaces/${app.namespace}/secrets`,
      {
        metadata: { name: secretName(app), labels: { 'reconcile.external-secrets.io/managed': 'true' } },
        stringData: vault.get(path) ?? {},
      },
      'external-secrets',
    );
  });
}

async function issueCertificates(api: Api, stacks: readonly Stack[]): Promise<void> {
  await each(stacks, async ({ app }) => {
    if (app.route === undefined) return;
    const failing = app.does === 'zone editor';
    const left = failing ? 3 : 61;
    const conditions = [
      condition('Ready', true, 'Ready', 'Certificate is up to date and has not expired', 87 * day),
      ...(failing
        ? [condition('Issuing', false, 'Failed', 'the DNS challenge was refused: 401 from the zone editor', 27 * day)]
        : []),
    ];
    await api.patch(`/apis/cert-manager.io/v1/namespaces/${app.namespace}/certificates/${app.name}/status`, {
      status: {
        notBefore: ago((90 - left) * day),
        notAfter: ago(-left * day),
        renewalTime: ago((30 - left) * day),
        conditions,
      },
    });
  });
}

async function reportBackups(api: Api, stacks: readonly Stack[]): Promise<void> {
  await each(stacks, async ({ app }) => {
    const backup = app.claim?.backup;
    if (backup === undefined || backup === 'none') return;
    // Not `lastScheduleTime`: the controller would make up for what it missed since.
    await api.patch(`/apis/batch/v1/namespaces/${app.namespace}/cronjobs/${app.name}-backup/status`, {
      status: { lastSuccessfulTime: ago(backup === 'suspended' ? 9 * day : 7 * 60) },
    });
  });
}

async function runDatabases(api: Api, stacks: readonly Stack[]): Promise<void> {
  const namespace = stacks.find(({ name }) => name === 'databases')?.namespaces[0];
  await api.patch(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/shared/status`, {
    status: {
      instances: 3,
      readyInstances: 3,
      phase: 'Cluster in healthy state',
      currentPrimary: 'shared-1',
      instanceNames: ['shared-1', 'shared-2', 'shared-3'],
    },
  });
}

/** What somebody did with kubectl one night. */
async function changeByHand(api: Api, stacks: readonly Stack[]): Promise<void> {
  const { stack, app } = appThat(stacks, 'message broker');
  const path = `/apis/apps/v1/namespaces/${app.namespace}/deployments/${app.name}`;
  // A merge patch replaces lists whole, so the container is sent as it is, but for its image.
  const [container] = containersOf(await api.get(path));
  if (container === undefined) throw new Error(`${app.name} has no container`);
  const containers = [{ ...container, image: `registry.example.net/${stack.name}/${app.name}:${tagByHand}` }];
  await api.patch(path, { spec: { template: { spec: { containers } } } }, 'kubectl-edit');
}

function containersOf(deployment: unknown): readonly object[] {
  return z
    .object({ spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(z.looseObject({})) }) }) }) })
    .parse(deployment).spec.template.spec.containers;
}

function condition(type: string, status: boolean, reason: string, message: string, minutes: number): object {
  return { type, status: status ? 'True' : 'False', reason, message, lastTransitionTime: ago(minutes) };
}

async function each(
  stacks: readonly Stack[],
  work: (one: { stack: Stack; app: HomelabApp }) => Promise<void>,
): Promise<void> {
  await Promise.all(everyApp(stacks).map(work));
}
