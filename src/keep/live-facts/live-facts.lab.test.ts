import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { castellanRequests, describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { type ClusterConnection, connectCluster } from '../../cluster/connect.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { openLiveFacts } from './open.ts';

await describeWithLab('live facts of a real cluster', (lab) => {
  const namespace = `facts-${randomBytes(4).toString('hex')}`;
  const since = new Date();
  const { signal } = new AbortController();
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
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('know the hosts that lead to a workload', async () => {
    const here = ['--namespace', namespace] as const;
    await kubectl('create', 'deployment', 'web', '--image=registry.example.net/web:1.0.0', '--replicas=0', ...here);
    await kubectl('expose', 'deployment', 'web', '--port=80', ...here);
    await kubectl('create', 'ingress', 'web', '--rule=web.example.net/*=web:80', ...here);
    await expect
      .poll(() => openLiveFacts(connection.reader, signal).hostsOf({ namespace, kind: 'Deployment', name: 'web' }))
      .toEqual({ known: true, value: ['web.example.net'] });
  });

  it('know the size of every bound claim of the homelab, and when it was last copied or that it never was', async () => {
    const facts = openLiveFacts(connection.reader, signal);
    const kind = await connection.reader.kind('persistentvolumeclaims', signal);
    const { objects } = await connection.reader.list(kind, { shape: { status: { phase: true } }, signal });
    const bound = objects.filter(({ body }) => JSON.stringify(body).includes('"Bound"'));
    expect(bound.length).toBeGreaterThan(3);
    for (const { namespace: place, name } of bound) {
      const volume = await facts.volume({ namespace: place, name });
      expect(volume).toMatchObject({ known: true, value: { size: { known: true }, newestBackup: { known: true } } });
    }
  });

  it('only ever ask', () => {
    const written = castellanRequests(lab, since).filter(({ verb, uri }) => {
      return !['get', 'list', 'watch'].includes(verb) && !uri.includes('selfsubject');
    });
    expect(written).toEqual([]);
  });
});
