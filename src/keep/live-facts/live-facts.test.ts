import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../../test/recorded/api.ts';
import type { LiveFacts } from '../../change/risk/live-facts.ts';
import { type ClusterConnection, connectCluster } from '../../cluster/connect.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { openLiveFacts } from './open.ts';

let api: RecordedApi;
let connection: ClusterConnection;
let facts: LiveFacts;
beforeEach(async () => {
  api = await openRecordedApi();
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 5_000 }, { redactor: silent });
  facts = openLiveFacts(connection.reader, new AbortController().signal);
});
afterEach(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const namespace = 'garden';
const add = (resource: string, name: string, rest: object, labels: Record<string, string> = {}): void => {
  api.objects(resource).push({ metadata: { name, namespace, labels }, ...rest } as RecordedObject);
};
const claim = (name: string, size = '20Gi', labels = {}): void =>
  add('persistentvolumeclaims', name, { status: size === '' ? {} : { capacity: { storage: size } } }, labels);
const cronJob = (name: string, claimName: string, lastSuccessfulTime?: string): void =>
  add('cronjobs', name, {
    spec: {
      jobTemplate: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'main', image: 'registry.example.net/tool:1' }],
              volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
            },
          },
        },
      },
    },
    status: lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime },
  });
const newest = async (name: string): Promise<unknown> => {
  const volume = await facts.volume({ namespace, name });
  return volume.known ? volume.value.newestBackup : volume;
};

describe('hosts of a workload', () => {
  const labels = { app: 'web' };
  beforeEach(() => {
    add('deployments', 'web', { spec: { template: { metadata: { labels } } } });
    add('services', 'front', { spec: { selector: labels, ports: [] } });
    add('services', 'other', { spec: { selector: { app: 'else' }, ports: [] } });
    const rule = (host: string, name: string) => ({ host, http: { paths: [{ backend: { service: { name } } }] } });
    add('ingresses', 'web', { spec: { rules: [rule('web.example.net', 'front'), rule('no.example.net', 'other')] } });
    api.objects('ingressroutes').push({
      metadata: { name: 'far', namespace: 'edge' },
      spec: { routes: [{ match: 'Host(`far.example.net`)', services: [{ name: 'front', namespace }] }] },
    } as RecordedObject);
  });
  const hosts = () => facts.hostsOf({ namespace, kind: 'Deployment', name: 'web' });

  it('are those of every kind of route that leads to its Services, from any namespace', async () => {
    expect(await hosts()).toEqual({ known: true, value: ['far.example.net', 'web.example.net'] });
  });

  it('are unknown while a kind of route may not be read', async () => {
    api.refuse = ({ resource }) => (resource === 'ingresses' ? 403 : undefined);
    expect(await hosts()).toEqual({ known: false, why: 'the keep may not read ingresses.networking.k8s.io' });
  });

  it('are unknown when the API server fails', async () => {
    api.refuse = ({ resource }) => (resource === 'services' ? 500 : undefined);
    expect(await hosts()).toEqual({ known: false, why: 'the cluster could not be read (cluster-failing)' });
  });

  it('are unknown for a workload that is not there', async () => {
    const asked = await facts.hostsOf({ namespace, kind: 'Deployment', name: 'gone' });
    expect(asked).toEqual({ known: false, why: 'the cluster has no such workload' });
  });
});

describe('a volume', () => {
  it('has the size of the claim', async () => {
    claim('data');
    expect(await facts.volume({ namespace, name: 'data' })).toMatchObject({ value: { size: { value: '20Gi' } } });
  });

  it('has no size before it is bound', async () => {
    claim('data', '');
    const { value } = (await facts.volume({ namespace, name: 'data' })) as { value?: { size?: unknown } };
    expect(value?.size).toEqual({ known: false, why: 'the claim is not bound' });
  });

  it('is unknown when the cluster has no such claim, or does not let it be read', async () => {
    expect(await newest('gone')).toEqual({ known: false, why: 'the cluster has no such claim' });
    api.refuse = ({ resource }) => (resource === 'persistentvolumeclaims' ? 403 : undefined);
    const again = openLiveFacts(connection.reader, new AbortController().signal);
    expect(await again.volume({ namespace, name: 'data' })).toMatchObject({ known: false });
  });

  it('was backed up when the newest job that copies it last succeeded', async () => {
    claim('data');
    cronJob('nightly-backup', 'data', '2026-03-01T02:00:00Z');
    cronJob('weekly-backup', 'data', '2026-02-01T02:00:00Z');
    cronJob('backup-of-another', 'other', '2026-03-05T02:00:00Z');
    cronJob('never-ran-backup', 'data');
    expect(await newest('data')).toEqual({ known: true, value: new Date('2026-03-01T02:00:00Z') });
  });

  it('was not backed up by a job that mounts it for something else', async () => {
    claim('data');
    cronJob('sweep', 'data', '2026-03-01T02:00:00Z');
    expect(await newest('data')).toEqual({ known: true, value: undefined });
  });

  it('is not said to be without a backup while something that might tell of one cannot be read', async () => {
    claim('data');
    api.refuse = ({ resource }) => (resource === 'cronjobs' ? 403 : undefined);
    expect(await newest('data')).toEqual({ known: false, why: 'the keep may not read cronjobs.batch' });
  });

  const install = (group: string, kind: string, resource: string): void =>
    api.install({ group, version: 'v1', kind, resource, namespaced: true });

  it('was backed up by a snapshot once that is ready', async () => {
    claim('data');
    install('snapshot.storage.k8s.io', 'VolumeSnapshot', 'volumesnapshots');
    const source = { source: { persistentVolumeClaimName: 'data' } };
    const snapshot = (name: string, readyToUse: boolean, creationTime: string): void =>
      add('volumesnapshots', name, { spec: source, status: { readyToUse, creationTime } });
    snapshot('ready', true, '2026-03-01T02:00:00Z');
    snapshot('half', false, '2026-03-09T02:00:00Z');
    expect(await newest('data')).toEqual({ known: true, value: new Date('2026-03-01T02:00:00Z') });
  });

  it('was backed up by a whole Velero backup of its namespace, and by no other', async () => {
    claim('data');
    install('velero.io', 'Backup', 'backups');
    const backup = (name: string, phase: string, time: string, spec: object): void =>
      add('backups', name, { spec, status: { phase, completionTimestamp: time } });
    const whole = { includedNamespaces: ['*'], snapshotVolumes: true };
    backup('whole', 'Completed', '2026-03-01T02:00:00Z', whole);
    backup('failed', 'PartiallyFailed', '2026-03-02T02:00:00Z', whole);
    backup('elsewhere', 'Completed', '2026-03-03T02:00:00Z', { ...whole, includedNamespaces: ['kitchen'] });
    backup('selected', 'Completed', '2026-03-04T02:00:00Z', { ...whole, labelSelector: { matchLabels: { a: 'b' } } });
    backup('objects-only', 'Completed', '2026-03-05T02:00:00Z', { includedNamespaces: ['*'] });
    expect(await newest('data')).toEqual({ known: true, value: new Date('2026-03-01T02:00:00Z') });
  });

  it('of a database was backed up by a completed backup of the database', async () => {
    claim('db-1', '20Gi', { 'cnpg.io/cluster': 'db' });
    install('postgresql.cnpg.io', 'Backup', 'backups');
    const backup = (name: string, phase: string, stoppedAt: string): void =>
      add('backups', name, { spec: { cluster: { name: 'db' } }, status: { phase, stoppedAt } });
    backup('done', 'completed', '2026-03-01T02:00:00Z');
    backup('failed', 'failed', '2026-03-09T02:00:00Z');
    expect(await newest('db-1')).toEqual({ known: true, value: new Date('2026-03-01T02:00:00Z') });
  });
});

describe('claims of a StatefulSet', () => {
  beforeEach(() => {
    add('statefulsets', 'web', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
    for (const name of ['data-web-0', 'data-web-11', 'data-web-01', 'data-web-0-old', 'logs-web-0', 'data-webs-0'])
      claim(name);
  });

  it('are those with the names it gives them', async () => {
    const made = await facts.claimsOf({ namespace, name: 'web' });
    expect(made).toEqual({ known: true, value: ['data-web-0', 'data-web-11'] });
  });

  it('are unknown when it is not there', async () => {
    expect(await facts.claimsOf({ namespace, name: 'gone' })).toMatchObject({ known: false });
  });
});

describe('facts', () => {
  it('only read', async () => {
    claim('data');
    await facts.volume({ namespace, name: 'data' });
    const asked = api.requests.filter(({ method, url }) => method !== 'GET' && !url.includes('selfsubject'));
    expect(asked).toEqual([]);
  });

  it('read what serves several questions once', async () => {
    claim('one');
    claim('two');
    await Promise.all([newest('one'), newest('two'), newest('one')]);
    const lists = api.requests.filter(({ url }) => url.includes('/persistentvolumeclaims'));
    expect(lists).toHaveLength(1);
  });
});
