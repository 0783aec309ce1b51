import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canariesOf, castellanRequests, describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { connectCluster } from '../../cluster/index.ts';
import { connectPrometheus } from '../../monitoring/prometheus.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { VerifyPredicate } from '../action.ts';
import { openInfraRepository } from '../sources/repository.ts';
import type { VerifyPorts } from './ports.ts';
import { action, verifyPorts } from './verify.fixture.ts';
import { verifyAction } from './verify.ts';

await describeWithLab('actions, looked at on real servers', (lab) => {
  const { prometheus, remote } = lab;
  if (prometheus === undefined || remote === undefined) {
    it('needs Prometheus and the infra repository: npm run lab -- build', () => expect.unreachable());
    return;
  }
  const redactor = createRedactor();
  const namespace = `verify-${randomBytes(4).toString('hex')}`;
  const secret = canariesOf(lab)[0]?.value ?? expect.unreachable('the lab has no secrets');
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    const { ok, stderr } = await kubectlAs('admin', lab, args);
    expect(ok, stderr).toBe(true);
  };
  const open = new AsyncDisposableStack();
  const started = new Date();
  let ports: VerifyPorts;
  beforeAll(async () => {
    await kubectl('create', 'namespace', namespace);
    await kubectl('create', 'deployment', 'web', '--image=registry.example.net/web:1.2', '-n', namespace);
    await kubectl('set', 'env', 'deployment/web', `DATABASE_PASSWORD=${secret}`, '-n', namespace);
    const mirror = await mkdtemp(join(tmpdir(), 'castellan-verify-'));
    open.defer(() => rm(mirror, { recursive: true }));
    const metrics = open.use(await connectPrometheus({ url: prometheus }, { redactor }));
    const cluster = open.use(
      await connectCluster({ kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 }, { redactor }),
    );
    ports = verifyPorts({
      metrics: async () => metrics,
      cluster: async () => cluster.reader,
      repository: openInfraRepository({
        ...{ url: remote, mirror: join(mirror, 'mirror'), branch: 'main', redact: redactor, now: () => new Date() },
      }),
      redactor,
    });
  }, 60_000);
  afterAll(async () => {
    await open.disposeAsync();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  const see = (verify: VerifyPredicate, given = ports) =>
    verifyAction(action(verify), given, { signal: AbortSignal.timeout(30_000), now: new Date() });
  const field = (path: string, is: string, target = 'deploy/web'): VerifyPredicate => ({
    ...{ kind: 'object-field', target, namespace, field: path, is },
  });

  it.each<readonly [VerifyPredicate, string]>([
    [{ kind: 'alert-rule', name: 'Watchdog' }, 'pass'],
    [{ kind: 'alert-rule', name: 'NobodyHasThisAlert' }, 'fail'],
    [{ kind: 'metric', query: 'up{job="exporter"}', op: '>=', value: 0 }, 'pass'],
    [{ kind: 'metric', query: 'up{job="exporter"}', op: '>', value: 1 }, 'fail'],
    [{ kind: 'metric', query: 'up{job="exporter"', op: '>', value: 1 }, 'unknown'],
    [{ kind: 'file-exists', path: 'docs/known-issues.yaml' }, 'pass'],
    [{ kind: 'file-exists', path: 'docs/nobody-wrote-this.md' }, 'fail'],
    [{ kind: 'file-contains', path: 'docs/known-issues.yaml', text: 'KI-02' }, 'pass'],
    [{ kind: 'file-changed', path: 'docs/known-issues.yaml', since: '2000-01-01T00:00:00Z' }, 'pass'],
    [{ kind: 'file-changed', path: 'docs/nobody-wrote-this.md', since: '2000-01-01T00:00:00Z' }, 'fail'],
  ])('%j: %s', async (predicate, expected) => {
    const seen = await see(predicate);
    expect(seen.result, seen.detail).toBe(expected);
  });

  it('a field of a live object is as it is', async () => {
    expect(await see(field('spec.replicas', '1'))).toMatchObject({ result: 'pass' });
    expect(await see(field('spec.replicas', '2'))).toMatchObject({ result: 'fail' });
    expect(await see(field('spec.template.spec.containers[0].image', 'registry.example.net/web:1.2'))).toMatchObject({
      result: 'pass',
    });
    expect(await see(field('spec.replicas', '1', 'deploy/nobody'))).toMatchObject({ result: 'fail' });
  });

  it('a guess at a password is answered like every other, and nothing but reads reach the API server', async () => {
    const path = 'spec.template.spec.containers[0].env[0].value';
    const seen = await Promise.all([secret, `${secret}x`, ''].map((guess) => see(field(path, guess))));
    expect(new Set(seen.map(({ result, detail }) => `${result} ${detail}`)).size).toBe(1);
    expect(seen[0]?.result).toBe('unknown');
    const writes = castellanRequests(lab, started).filter(
      ({ verb, uri }) => !['get', 'list'].includes(verb) && !/\/selfsubject\w*reviews/.test(uri),
    );
    expect(writes).toEqual([]);
  });

  it('where nobody answers, nothing is known', async () => {
    await using gone = await connectPrometheus({ url: 'http://127.0.0.1:1' }, { redactor });
    const away = { ...ports, metrics: async () => gone };
    expect(await see({ kind: 'alert-rule', name: 'Watchdog' }, away)).toMatchObject({ result: 'unknown' });
    expect(await see({ kind: 'metric', query: 'up', op: '>=', value: 0 }, away)).toMatchObject({ result: 'unknown' });
  });
});
