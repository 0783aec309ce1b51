import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chroniclePort, clusterPort } from '../../src/cluster/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { noDatabase } from './call.fixture.ts';
import { kubectl } from './group.ts';

let api: RecordedApi;
beforeAll(async () => {
  api = await openRecordedApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const connect = (config: unknown) => kubectl.connect(config, { redactor: silent, database: noDatabase });

describe('the kubectl group', () => {
  it('connects, lends the cluster and says how it is', async () => {
    await using connection = await connect({ kubeconfig: api.kubeconfig });
    expect(connection.provides?.map(({ key }) => key.name)).toEqual([clusterPort.name, chroniclePort.name]);
    expect(kubectl.provides).toEqual([clusterPort.name, chroniclePort.name]);
    const findings = await connection.probe(AbortSignal.timeout(5_000));
    expect(findings.every(({ status }) => status === 'pass')).toBe(true);
  });

  it('connects while the cluster is away, and says so', async () => {
    const away = await openRecordedApi();
    await using connection = await connect({ kubeconfig: away.kubeconfig });
    await away[Symbol.asyncDispose]();
    const [reachable] = await connection.probe(AbortSignal.timeout(5_000));
    expect(reachable).toMatchObject({ status: 'unknown', detail: expect.stringContaining('cluster-unreachable') });
  });

  it('does not connect with a credential that may do more than look', async () => {
    await using open = await openRecordedApi();
    open.allow = () => true;
    await expect(connect({ kubeconfig: open.kubeconfig })).rejects.toMatchObject({ code: 'cluster-overprivileged' });
  });

  it.each([
    {},
    { kubeconfig: '/a', inCluster: true },
    { inCluster: true, context: 'a' },
    { context: 'a' },
    { contexts: ['a'] },
  ])('takes a kubeconfig or the cluster it runs in, not %j', async (config) => {
    await expect(connect(config)).rejects.toMatchObject({ code: 'kubernetes-config-invalid' });
  });

  it.each([
    { kubeconfig: 'relative/path' },
    { kubeconfig: '/a', token: 'x' },
    { kubeconfig: '/a', deadlineSeconds: 0 },
    { kubeconfig: '/a', context: '' },
    { inCluster: false },
  ])('refuses the configuration %j', (config) => {
    expect(kubectl.config.safeParse(config).success).toBe(false);
  });
});
