import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openChronicle } from '../../src/cluster/index.ts';
import { openScratchDatabase, type ScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../test/recorded/api.ts';
import { type Caller, callerOf, settled } from './call.fixture.ts';
import { changes } from './changes.ts';

const now = new Date('2026-03-01T12:00:00Z');
const ago = (minutes: number): string =>
  new Date(now.getTime() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

const followed = [
  ...['configmaps', 'controllerrevisions', 'cronjobs', 'daemonsets', 'deployments', 'events', 'jobs', 'nodes', 'pods'],
  ...['replicasets', 'statefulsets'],
];

let api: RecordedApi;
let caller: Caller;
beforeEach(async () => {
  api = await openRecordedApi();
  for (const resource of followed) api.objects(resource).length = 0;
  api.withdraw('cert-manager.io');
  caller = await callerOf(api.kubeconfig, () => now, changes);
});
afterEach(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const ask = async (input: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  settled((await caller.call(input)).text);

interface Given {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  /** Its revisions, oldest first: the image and how many minutes ago. */
  readonly revisions?: readonly (readonly [image: string, minutes: number])[];
  readonly edits?: readonly (readonly [manager: string, operation: string, minutes: number])[];
  readonly configMap?: string;
}

function addDeployment({ name = 'broker', labels = {}, revisions = [], edits = [], configMap }: Given = {}): void {
  const namespace = 'shop';
  const creationTimestamp = ago(revisions[0]?.[1] ?? 30 * 24 * 60);
  const managedFields = edits.map(([manager, operation, minutes]) => ({
    manager,
    operation,
    time: ago(minutes),
    fieldsV1: { 'f:x': {} },
  }));
  const envFrom = configMap === undefined ? [] : [{ configMapRef: { name: configMap } }];
  const template = { spec: { containers: [{ name, image: revisions.at(-1)?.[0] ?? 'example.net/x:1', envFrom }] } };
  api.objects('deployments').push({
    metadata: { name, namespace, labels, creationTimestamp, managedFields },
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template },
  });
  for (const [index, [image, minutes]] of revisions.entries()) {
    api.objects('replicasets').push({
      metadata: {
        name: `${name}-${'bcdfghjkl'.slice(index)}7`,
        namespace,
        creationTimestamp: ago(minutes),
        annotations: { 'deployment.kubernetes.io/revision': String(index + 1) },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, controller: true }],
      },
      spec: { template: { spec: { containers: [{ name, image }] } } },
    });
  }
}

const byTerraform = { 'app.kubernetes.io/managed-by': 'terraform' };
const changedByHand: Given = {
  labels: byTerraform,
  revisions: [
    ['registry.example.net/home/broker:2.4.1', 5_000],
    ['registry.example.net/home/broker:2.9.0', 40],
  ],
  edits: [
    ['kubectl', 'Apply', 5_000],
    ['kubectl-edit', 'Update', 40],
  ],
};

describe('cluster_changes', () => {
  it('tells from the objects alone what changed, who did it and what it was before', async () => {
    addDeployment(changedByHand);
    addDeployment({
      name: 'web',
      revisions: [
        ['example.net/web:1', 9_000],
        ['example.net/web:2', 90],
      ],
      edits: [['Terraform', 'Update', 90]],
    });
    api.objects('nodes').push({
      metadata: { name: 'node-1', creationTimestamp: ago(90_000) },
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', timeAdded: ago(15) }] },
    });
    const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(10) };
    api.objects('pods').push({
      metadata: { name: 'web-bcdfghjkl7-57rbs', namespace: 'shop', creationTimestamp: ago(60) },
      spec: { containers: [{ name: 'web', resources: { limits: { memory: '64Mi' } } }] },
      status: {
        containerStatuses: [{ name: 'web', restartCount: 3, state: { running: {} }, lastState: { terminated } }],
      },
    });
    expect(await ask()).toMatchSnapshot();
  });

  it('says that nothing was found, what was looked at, and what was not', async () => {
    addDeployment({ revisions: [['example.net/x:1', 9_000]] });
    const text = await ask({ since: '1h' });
    expect(text).toMatch(/^no change found, 03-01 11:00:00 to 03-01 12:00:00\n/);
    expect(text).toMatch(/covers all namespaces: replicasets, .*configmaps as they are now/);
    expect(text).toContain('NOT SEEN: the chronicle (store-unavailable');
    api.refuse = ({ resource }) => (resource === 'deployments' ? 403 : undefined);
    expect(await ask({ since: '1h' })).toContain('NOT SEEN: deployments.apps (cluster-forbidden); the chronicle');
  });

  it('names what was done by hand before the window and still stands', async () => {
    addDeployment(changedByHand);
    const text = await ask({ since: '10m' });
    expect(text).toContain(
      'before the window, past its declaration and still so: Deployment shop/broker (03-01 11:20:00: revision 2: image',
    );
  });

  it('shows the last change of a target also when it is older than the window, and says so', async () => {
    addDeployment(changedByHand);
    addDeployment({
      name: 'web',
      revisions: [
        ['example.net/web:1', 9_000],
        ['example.net/web:2', 5],
      ],
    });
    const text = await ask({ target: 'deploy/broker', since: '10m' });
    expect(text).toMatch(/^no change found.*; the last one before it is shown\n/);
    expect(text).toMatch(
      /before the window: 03-01 11:20:00\tDeployment shop\/broker\trollout\+drift\t\trevision 2: image \S+ 2\.4\.1 → 2\.9\.0; changed by hand/,
    );
    expect(text).not.toContain('shop/web');
    expect(api.requests.filter(({ url }) => /\/(?:nodes|cronjobs|statefulsets)\?limit/.test(url))).toEqual([]);
  });

  it('counts a ConfigMap of a target among its changes', async () => {
    addDeployment({ revisions: [['example.net/x:1', 9_000]], configMap: 'broker-settings' });
    for (const name of ['broker-settings', 'another']) {
      api.objects('configmaps').push({
        metadata: {
          name,
          namespace: 'shop',
          creationTimestamp: ago(9_000),
          managedFields: [{ manager: 'kubectl-edit', operation: 'Update', time: ago(3) }],
        },
        data: { password: 'never shown' },
      });
    }
    const text = await ask({ target: 'deploy/broker' });
    expect(text).toContain('ConfigMap shop/broker-settings\tconfig-changed\t\tchanged by hand (kubectl-edit)');
    expect(text).not.toMatch(/another|never shown/);
  });

  it('tells one apply over many objects as one', async () => {
    for (let index = 0; index < 12; index += 1) {
      addDeployment({ name: `app-${index}`, labels: byTerraform, edits: [['Terraform', 'Update', 5]] });
    }
    const text = await ask();
    expect(text).toMatch(
      /12 Deployments: shop\/app-0, shop\/app-1, shop\/app-2 and 9 more\tedited\t+changed by Terraform/,
    );
  });

  it('keeps to one namespace', async () => {
    addDeployment(changedByHand);
    api.objects('nodes').push({
      metadata: { name: 'node-1', creationTimestamp: ago(90_000) },
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', timeAdded: ago(15) }] },
    });
    expect(await ask({ namespace: 'shop' })).not.toContain('node-1');
    const [quiet] = api.objects('namespaces');
    expect(await ask({ namespace: quiet?.metadata.name })).toMatch(/^no change found/);
    await expect(caller.call({ namespace: 'never-was' })).rejects.toMatchObject({ code: 'target-not-found' });
    expect(await ask({ target: 'node/node-1' })).toMatch(/Node node-1\tcordon/);
  });
});

describe('cluster_changes, of what the objects no longer tell', () => {
  let scratch: ScratchDatabase;
  beforeAll(async () => {
    scratch = await openScratchDatabase();
  }, 60_000);
  afterAll(() => scratch[Symbol.asyncDispose]());

  it('answers from the chronicle: what was deleted, scaled and killed, and what only the objects tell beside it', async () => {
    addDeployment(changedByHand);
    addDeployment({ name: 'web' });
    const [, web] = api.objects('deployments');
    if (web === undefined) return expect.unreachable();
    await using chronicle = openChronicle({ readers: caller.connection.readers, database: scratch.lent });
    await expect.poll(() => api.watches).toBe(11);
    const scaled = { ...web, spec: { ...Object(web['spec']), replicas: 4 } };
    api.change('deployments', 'MODIFIED', scaled);
    api.change('deployments', 'DELETED', scaled);
    const pod: RecordedObject = {
      metadata: { name: 'broker-bcdfghjkl7-57rbs', namespace: 'shop', creationTimestamp: ago(60) },
    };
    const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt: new Date().toISOString() };
    const status = { name: 'app', restartCount: 1, state: {}, lastState: { terminated } };
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'broker-bcdfghjkl7', controller: true },
    ];
    const owned = { ...pod, metadata: { ...pod.metadata, ownerReferences } };
    api.change('pods', 'ADDED', {
      ...owned,
      spec: { containers: [{ name: 'app' }] },
      status: { containerStatuses: [status] },
    });
    api.change('pods', 'DELETED', owned);
    await using asked = await callerOf(api.kubeconfig, () => new Date(Date.now() + 1_000), changes, chronicle);
    const told = async (input: Readonly<Record<string, unknown>>): Promise<string> => (await asked.call(input)).text;
    await expect.poll(() => told({ since: '1h' })).toMatch(/pod deleted/);
    const text = await told({ since: '1h' });
    expect(text).toMatch(/Deployment shop\/web\t(?:scale\+deleted|deleted\+scale)\t.*replicas 1 → 4/);
    expect(text).toMatch(/Deployment shop\/broker\toom\tOOMKilled, no memory limit/);
    expect(text).toContain('from=chronicle');
    expect(text).toContain('and the chronicle since');
    // Of an object that is gone, its name is enough.
    const gone = await told({ target: 'deploy/web', since: '1h' });
    expect(gone).toContain('there is no web now; this is what the chronicle knows of it');
    expect(gone).toMatch(/replicas 1 → 4/);
    for (const target of ['deploy/never-was', 'sts/web', 'post/deploy/web']) {
      await expect(asked.call({ target }), target).rejects.toMatchObject({ code: 'target-not-found' });
    }
  });
});
