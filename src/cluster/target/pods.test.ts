import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Homelab, object, openHomelab, service, workload } from './homelab.fixture.ts';
import { podsOf, podsSelected } from './pods.ts';
import { resolveTarget } from './resolve.ts';

const { signal } = new AbortController();
const app = { labels: { app: 'server' } };

let homelab: Homelab;
beforeAll(async () => {
  homelab = await openHomelab({
    namespaces: [{ metadata: { name: 'photos' } }],
    deployments: [workload('photos/server'), workload('photos/parked')],
    statefulsets: [workload('photos/db')],
    replicasets: [
      object('photos/server-new', { ...app, owner: 'Deployment/server' }),
      object('photos/server-old', { ...app, owner: 'Deployment/server' }),
      object('photos/impostor-1', { ...app, owner: 'Deployment/impostor' }),
    ],
    cronjobs: [object('photos/backup')],
    jobs: [
      object('photos/backup-1', { owner: 'CronJob/backup' }),
      object('photos/other-1', { owner: 'CronJob/other' }),
    ],
    clusters: [object('photos/shared')],
    pods: [
      object('photos/server-new-ending', { ...app, owner: 'ReplicaSet/server-new', age: 1, ending: true }),
      object('photos/server-old-a', { ...app, owner: 'ReplicaSet/server-old', age: 90 }),
      object('photos/server-new-a', {
        ...app,
        owner: 'ReplicaSet/server-new',
        age: 5,
        annotations: { 'kubectl.kubernetes.io/default-container': 'main', note: 'x' },
        spec: {
          nodeName: 'n1',
          containers: [{ name: 'main', image: 'r.example.net/a:1', env: [{ name: 'A', value: 'b' }] }],
        },
        status: { phase: 'Running', containerStatuses: [{ name: 'main', ready: true, restartCount: 2 }] },
      }),
      object('photos/impostor-1-a', { ...app, owner: 'ReplicaSet/impostor-1' }),
      object('photos/db-0', { labels: { app: 'db' }, owner: 'StatefulSet/db' }),
      object('photos/backup-1-a', { owner: 'Job/backup-1' }),
      object('photos/other-1-a', { owner: 'Job/other-1' }),
      object('photos/shared-1', { owner: 'Cluster/shared' }),
      object('books/server-new-a', { ...app, owner: 'ReplicaSet/server-new' }),
    ],
    services: [service('photos/web', 'server'), object('photos/outside', { spec: { externalName: 'x.example.net' } })],
  });
});
afterAll(() => homelab[Symbol.asyncDispose]());

async function podNames(target: string): Promise<readonly string[]> {
  const { cluster } = homelab;
  const resolved = await resolveTarget({ cluster, target, signal });
  return (await podsOf({ cluster, resolved, signal })).map(({ namespace, name }) => `${namespace}/${name}`);
}

describe('podsOf', () => {
  it('gives a Deployment its own pods, newest first, ending ones last', async () => {
    expect(await podNames('deploy/server')).toEqual([
      'photos/server-new-a',
      'photos/server-old-a',
      'photos/server-new-ending',
    ]);
    expect(await podNames('deploy/parked')).toEqual([]);
    expect(await podNames('rs/server-old')).toEqual(['photos/server-old-a']);
  });

  it('knows the pods of everything else that has some', async () => {
    expect(await podNames('db')).toEqual(['photos/db-0']);
    expect(await podNames('cronjob/backup')).toEqual(['photos/backup-1-a']);
    expect(await podNames('job/backup-1')).toEqual(['photos/backup-1-a']);
    expect(await podNames('clusters.postgresql.cnpg.io/shared')).toEqual(['photos/shared-1']);
    expect(await podNames('photos/pod/db-0')).toEqual(['photos/db-0']);
    expect(await podNames('ns/photos')).toHaveLength(8);
    expect(await podNames('svc/web')).toEqual([
      'photos/impostor-1-a',
      'photos/server-new-a',
      'photos/server-old-a',
      'photos/server-new-ending',
    ]);
    expect(await podNames('svc/outside')).toEqual([]);
  });

  it('reads of each what a reader of pods needs, and no environment', async () => {
    const { cluster } = homelab;
    const [pod] = await podsSelected({ cluster, namespace: 'photos', selector: 'app=server', signal });
    expect(pod?.name).toBe('impostor-1-a');
    const pods = await podsSelected({ cluster, namespace: 'photos', selector: 'app=server', signal });
    expect(pods.find(({ name }) => name === 'server-new-a')?.body).toMatchObject({
      metadata: { labels: { app: 'server' }, annotations: { 'kubectl.kubernetes.io/default-container': 'main' } },
      spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'r.example.net/a:1' }] },
      status: { phase: 'Running', containerStatuses: [{ name: 'main', ready: true, restartCount: 2 }] },
    });
    expect(JSON.stringify(pods)).not.toContain('"env"');
  });

  it('does not take pods that it cannot tell apart for none', async () => {
    const { api, cluster } = homelab;
    const resolved = await resolveTarget({ cluster, target: 'deploy/server', signal });
    api.refuse = ({ resource }) => (resource === 'replicasets' ? 403 : undefined);
    await expect(podsOf({ cluster, resolved, signal })).rejects.toMatchObject({ code: 'cluster-forbidden' });
    api.refuse = () => undefined;
  });
});
