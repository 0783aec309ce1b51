import { afterAll, beforeAll } from 'vitest';
import { canariesOf, useLab } from '../../test/lab/use-lab.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { clusterContract } from './cluster.contract.ts';
import { type ClusterConnection, connectCluster } from './connect.ts';

const silent: Redactor = {
  text: (text) => ({ text, counts: {} }),
  value: (value) => ({ value, counts: {} }),
};

const lab = await useLab();
if (lab !== undefined) {
  let connection: ClusterConnection;
  beforeAll(async () => {
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 },
      { redactor: silent },
    );
  });
  afterAll(() => connection[Symbol.asyncDispose]());
  clusterContract('a real API server', () => ({
    reader: connection.reader,
    canaries: canariesOf(lab).map(({ value }) => value),
  }));
}
