import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { type Expectation, expectation } from '../../change/expect/predicates.ts';
import { type ClusterConnection, connectCluster } from '../../cluster/connect.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { openExpectations } from './open.ts';

await describeWithLab('expectations of a real homelab', (lab) => {
  const namespace = `expect-${randomBytes(4).toString('hex')}`;
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    const { ok, stderr } = await kubectlAs('admin', lab, args);
    expect(ok, stderr).toBe(true);
  };
  let connection: ClusterConnection;
  beforeAll(async () => {
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 20_000 },
      { redactor: silent },
    );
    await kubectl('create', 'namespace', namespace);
    await kubectl('create', 'deployment', 'web', '--image=registry.example.net/web:1', '--namespace', namespace);
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  const watch = async (...expected: readonly object[]) => {
    const { prometheus, alertmanager } = lab;
    const probes = [`${prometheus}/-/ready`];
    await using expectations = openExpectations({
      cluster: connection.reader,
      config: { prometheus, alertmanager, probes },
    });
    const all: readonly Expectation[] = expected.map((one) => expectation.parse({ within: 30, ...one }));
    return await expectations.watch(all, new AbortController().signal);
  };

  it('hold where they hold', async () => {
    const results = await watch(
      { kind: 'rollout', workload: 'deployment', namespace, name: 'web' },
      { kind: 'probe', url: `${lab.prometheus}/-/ready` },
      { kind: 'alert-quiet', alert: 'NoAlertOfThisName' },
      { kind: 'metric', query: 'count(up)', op: '>', value: 0 },
    );
    expect(results.map(({ what, result, detail }) => ({ what, result, detail }))).toEqual([
      { what: `rollout deployment ${namespace}/web`, result: 'pass', detail: expect.stringContaining('complete') },
      { what: expect.stringContaining('probe'), result: 'pass', detail: 'it answers 200' },
      { what: 'alert NoAlertOfThisName quiet', result: 'pass', detail: 'it does not fire' },
      { what: 'metric count(up) > 0', result: 'pass', detail: expect.stringContaining('it is ') },
    ]);
  });

  it('do not where they do not, a silenced alert and a number of nothing among them', async () => {
    const results = await watch(
      { kind: 'rollout', workload: 'statefulset', namespace, name: 'web', within: 5 },
      { kind: 'alert-quiet', alert: 'Watchdog', within: 5 },
      { kind: 'alert-quiet', alert: 'BackupTooOld', within: 5 },
      { kind: 'metric', query: 'up', op: '>=', value: 0, within: 5 },
      { kind: 'metric', query: 'no_metric_of_this_name', op: '>=', value: 0, within: 5 },
      { kind: 'metric', query: 'not a query (', op: '>=', value: 0, within: 5 },
      { kind: 'probe', url: `${lab.prometheus}/api/v1/status/config`, within: 5 },
    );
    expect(results.map(({ result }) => result)).toEqual([
      'fail',
      'fail',
      'fail',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('a server whose certificate nobody here trusts is not measured, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      await using expectations = openExpectations({
        cluster: undefined,
        config: { prometheus: undefined, alertmanager: undefined, probes: [lab.server] },
      });
      const probe = expectation.parse({ kind: 'probe', url: `${lab.server}/healthz`, status: 200, within: 5 });
      const [result] = await expectations.watch([probe], new AbortController().signal);
      expect(result).toMatchObject({ result: 'unknown', detail: expect.stringMatching(/CERT|SIGNATURE/) });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
