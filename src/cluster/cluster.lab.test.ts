import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { canariesOf, kubectlAs, useLab } from '../../test/lab/use-lab.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import { clusterContract, type Writer } from './cluster.contract.ts';
import { type ClusterConnection, connectCluster } from './connect.ts';

const lab = await useLab();
if (lab !== undefined) {
  const canaries = canariesOf(lab).map(({ value }) => value);
  const namespace = `contract-${randomBytes(4).toString('hex')}`;
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    const { ok, stderr } = await kubectlAs('admin', lab, args);
    expect(ok, stderr).toBe(true);
  };
  const here = ['--namespace', namespace] as const;
  const writer: Writer = {
    namespace,
    create: (name) => kubectl('create', 'configmap', name, `--from-literal=password=${canaries[0]}`, ...here),
    touch: (name) => kubectl('label', 'configmap', name, 'touched=yes', ...here),
    remove: (name) => kubectl('delete', 'configmap', name, ...here),
    createMany: async (count) => {
      const names = Array.from({ length: count }, (_, index) => `many-${index}`);
      const items = names.map((name) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { many: 'yes' } },
      }));
      const folder = await mkdtemp(join(tmpdir(), 'castellan-contract-'));
      await writeFile(join(folder, 'many.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      await kubectl('create', '-f', join(folder, 'many.json'), ...here);
      await rm(folder, { recursive: true });
    },
  };
  let connection: ClusterConnection;
  beforeAll(async () => {
    await kubectl('create', 'namespace', namespace);
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 },
      { redactor: silent },
    );
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });
  clusterContract('a real API server', () => ({
    reader: connection.reader,
    canaries,
    forbidden: 'flowschemas',
    writer,
  }));
}
