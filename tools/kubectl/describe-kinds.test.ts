import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../test/recorded/api.ts';
import { callerOf } from './call.fixture.ts';
import { describe as describeTool } from './describe.ts';

/** One small shop in a namespace of its own, so that each test says what is wrong with it. */
let api: RecordedApi;
beforeEach(async () => {
  api = await openRecordedApi();
  put('namespaces', '/shop', { status: { phase: 'Active' } });
});
afterEach(() => api[Symbol.asyncDispose]());

function put(resource: string, place: string, more: Partial<RecordedObject> = {}): void {
  const [namespace = '', name = ''] = place.split('/');
  const { metadata, ...rest } = more;
  api.objects(resource).push({
    ...rest,
    metadata: {
      ...metadata,
      name,
      ...(namespace === '' ? {} : { namespace }),
      creationTimestamp: new Date(api.at.getTime() - 3_600_000).toISOString(),
    },
  });
}

async function told(target: string, namespace?: string): Promise<string> {
  await using caller = await callerOf(api.kubeconfig, () => api.at, describeTool);
  return (await caller.call({ target, budget: 24_000, ...(namespace === undefined ? {} : { namespace }) })).text;
}

const labels = { app: 'web' };
const template = {
  metadata: { labels },
  spec: {
    containers: [
      { name: 'web', image: 'registry.example.net/web:1', envFrom: [{ configMapRef: { name: 'settings' } }] },
    ],
  },
};

function deployment(more: Record<string, unknown> = {}): Partial<RecordedObject> {
  return { spec: { replicas: 1, selector: { matchLabels: labels }, template }, ...more };
}

function days(count: number): string {
  return new Date(api.at.getTime() + count * 86_400_000).toISOString();
}

describe('kubectl_describe tells of', () => {
  it('a Node what is promised on it and what keeps pods off', async () => {
    const [node] = api.objects('nodes');
    const name = node?.metadata.name ?? '';
    Object.assign(node ?? {}, {
      spec: { unschedulable: true, taints: [{ key: 'disk', value: 'slow', effect: 'NoSchedule' }] },
    });
    const text = await told(`node/${name}`);
    expect(text).toMatch(/cordoned: no new pods/);
    expect(text).toContain('taints: disk:NoSchedule');
    expect(text).toMatch(/memory: \S+ requested \(\d+%\), \S+ used \(\d+%\), of \S+/);
    expect(text).toMatch(/\d+ pods of at most \d+/);
  });

  it('a Service whom it leads to, and that it leads to nobody', async () => {
    put('services', 'shop/web', {
      spec: { type: 'ClusterIP', clusterIP: '192.0.2.9', selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    });
    put('ingressroutes', 'shop/web', {
      spec: { routes: [{ match: 'Host(`shop.example.net`)', services: [{ name: 'web', port: 80 }] }] },
    });
    const text = await told('svc/web', 'shop');
    expect(text).toContain('address 192.0.2.9, NO endpoints');
    expect(text).toContain('port 80 → http');
    expect(text).toContain('0 pods selected by app=web');
    expect(text).toContain('host shop.example.net → Service web (IngressRoute shop/web)');
  });

  it('a route which of its Services is not there', async () => {
    const services = [{ name: 'gone', port: 80 }];
    put('ingressroutes', 'shop/web', {
      spec: { routes: [{ match: 'Host(`shop.example.net`)', services }], tls: { secretName: 'shop-tls' } },
    });
    put('certificates', 'shop/web', {
      spec: { secretName: 'shop-tls' },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    });
    const text = await told('shop.example.net');
    expect(text).toContain('host shop.example.net → Service gone, which is NOT there');
    expect(text).toContain('TLS from Secret shop-tls (Certificate web, which makes it, is not ready)');
  });

  it('a claim why it has no volume, and who waits for it', async () => {
    put('persistentvolumeclaims', 'shop/data', {
      spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
      status: { phase: 'Pending' },
    });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    put('deployments', 'shop/web', deployment({ spec: { replicas: 0, template: { ...template, spec: { volumes } } } }));
    const text = await told('pvc/data', 'shop');
    expect(text.split('\n')[0]).toContain('problem, not bound');
    expect(text).toContain('Pending, asks 5Gi, has ?, ReadWriteOnce');
    expect(text).toContain('storage class fast: NOT there');
    expect(text).toContain('used by Deployment shop/web (scaled to 0)');
  });

  it('a claim of a StatefulSet which pod has it', async () => {
    put('persistentvolumeclaims', 'shop/data-db-0', { spec: {}, status: { phase: 'Bound' } });
    put('statefulsets', 'shop/db', { spec: { replicas: 1, template } });
    put('pods', 'shop/db-0', {
      metadata: {
        name: 'db-0',
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', controller: true }],
      },
      spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
      status: { phase: 'Running' },
    });
    expect(await told('pvc/data-db-0', 'shop')).toContain('used by Pod shop/db-0');
  });

  it('a volume whose claim is gone', async () => {
    put('persistentvolumes', '/disk', {
      spec: {
        capacity: { storage: '5Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace: 'shop', name: 'data' },
      },
      status: { phase: 'Released' },
    });
    const text = await told('pv/disk');
    expect(text).toContain('claim shop/data: NOT there');
    expect(text).toContain('its data stays when the claim goes');
  });

  it('a Namespace how full its quotas are', async () => {
    put('resourcequotas', 'shop/memory', {
      status: { hard: { 'requests.memory': '160Mi', pods: '10' }, used: { 'requests.memory': '128Mi', pods: '2' } },
    });
    put('deployments', 'shop/web', deployment({ status: { observedGeneration: 1, replicas: 1, readyReplicas: 0 } }));
    const text = await told('ns/shop');
    expect(text).toContain('quota memory: requests.memory 128Mi of 160Mi (80%), pods 2 of 10 (20%)');
    expect(text).toContain('1 Deployment: 1 problem');
    expect(text).toContain('Deployment web: 0/1 ready');
  });

  it('an autoscaler that what it scales is gone', async () => {
    put('horizontalpodautoscalers', 'shop/web', {
      spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
      status: {
        currentReplicas: 0,
        desiredReplicas: 0,
        conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: 'not found' }],
      },
    });
    const text = await told('hpa/web', 'shop');
    expect(text.split('\n')[0]).toContain('problem, cannot scale');
    expect(text).toContain('scales Deployment web, which is NOT there');
    expect(text).toContain('0 replicas now, 0 wanted, 2 to 5 allowed');
  });

  it('a disruption budget whether a node can be drained', async () => {
    put('poddisruptionbudgets', 'shop/web', {
      spec: { minAvailable: 2, selector: { matchLabels: labels } },
      status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2, expectedPods: 2 },
    });
    const text = await told('pdb/web', 'shop');
    expect(text.split('\n')[0]).toContain('problem, 1 of at least 2 pods healthy');
    expect(text).toContain('0 of 2 pods may be evicted now (minAvailable 2, 1 healthy)');
    expect(text).toContain('no node that has one of its pods can be drained now');
  });

  it('a ConfigMap its keys, their sizes and its users, and no value', async () => {
    put('configmaps', 'shop/settings', { data: { 'app.conf': 'password=Pk4v-secret', THEME: 'dark' } });
    put('deployments', 'shop/web', deployment());
    const text = await told('cm/settings', 'shop');
    expect(text).toContain('used by Deployment shop/web');
    expect(text).toContain('| key: app.conf, 20 bytes');
    expect(text).not.toMatch(/Pk4v|dark/);
  });

  it('a CronJob that it is suspended', async () => {
    put('cronjobs', 'shop/backup', {
      spec: { schedule: '0 3 * * *', suspend: true, concurrencyPolicy: 'Forbid', jobTemplate: { spec: { template } } },
      status: { lastSuccessfulTime: days(-9) },
    });
    const text = await told('cronjob/backup', 'shop');
    expect(text).toContain('SUSPENDED: spec.suspend is true');
    expect(text).toContain('last succeeded 9d ago');
  });

  it('a Job how often it tried', async () => {
    put('jobs', 'shop/import', {
      spec: { completions: 1, backoffLimit: 2, template },
      status: {
        failed: 3,
        startTime: days(-1),
        conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'too many' }],
      },
    });
    const text = await told('job/import', 'shop');
    expect(text.split('\n')[0]).toContain('problem');
    expect(text).toContain('0 of 1 completions, 3 failed attempts (2 allowed), 0 running');
  });

  it('an ExternalSecret where it reads, whether its store works, and who waits', async () => {
    put('externalsecrets', 'shop/db', {
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'nowhere' },
        target: { name: 'db-login' },
        data: [{ secretKey: 'password', remoteRef: { key: 'shop/db', property: 'password' } }],
      },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'SecretSyncedError', message: 'no key' }] },
    });
    const envFrom = [{ secretRef: { name: 'db-login' } }];
    put(
      'deployments',
      'shop/web',
      deployment({ spec: { template: { ...template, spec: { containers: [{ name: 'web', envFrom }] } } } }),
    );
    const text = await told('externalsecret/db', 'shop');
    expect(text).toContain('makes Secret db-login, never refreshed');
    expect(text).toContain('from ClusterSecretStore nowhere: NOT there');
    expect(text).toContain('| reads: shop/db#password');
    expect(text).toContain('used by Deployment shop/web');
  });

  it('a Certificate until when it is good', async () => {
    const dnsNames = ['shop.example.net'];
    put('certificates', 'shop/soon', {
      spec: { dnsNames, secretName: 'a' },
      status: { notAfter: days(3), renewalTime: days(-1) },
    });
    put('certificates', 'shop/late', { spec: { dnsNames, secretName: 'b' }, status: { notAfter: days(-3) } });
    put('certificates', 'shop/silent', { spec: { dnsNames, secretName: 'c' } });
    expect(await told('certificate/soon', 'shop')).toMatch(/good for 3d more\nits renewal is overdue/);
    expect(await told('certificate/late', 'shop')).toContain('EXPIRED 3d ago');
    expect(await told('certificate/silent', 'shop')).toContain('does not say until when');
  });

  it('a custom object its fields, and what its controller made', async () => {
    put('clusters', 'shop/main', {
      spec: { instances: 2, image: 'registry.example.net/db:1' },
      status: { phase: 'Degraded' },
    });
    put('pods', 'shop/main-1', {
      metadata: {
        name: 'main-1',
        ownerReferences: [{ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'main', controller: true }],
      },
      spec: { containers: [{ name: 'db' }], nodeName: 'n1' },
      status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
    });
    const text = await told('cluster/main', 'shop');
    expect(text.split('\n')[0]).toContain('problem');
    expect(text).toContain('| spec.instances: 2');
    expect(text).toContain('Pod main-1: failed Evicted');
    expect(await told('pod/main-1', 'shop')).toMatch(
      /managed by Cluster shop\/main[\s\S]*## owned by\nCluster shop\/main: /,
    );
  });

  it('a pod whose owner is gone', async () => {
    put('pods', 'shop/web-1', {
      metadata: {
        name: 'web-1',
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-gone', controller: true }],
      },
      spec: { containers: [{ name: 'web' }] },
      status: { phase: 'Pending' },
    });
    const text = await told('pod/web-1', 'shop');
    expect(text).toContain('ReplicaSet shop/web-gone: GONE');
    expect(text).toContain('on no node yet');
  });
});
