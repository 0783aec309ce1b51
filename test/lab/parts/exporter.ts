import { join } from 'node:path';
import { accessArguments } from '../monitoring/kube-access.ts';
import { answersOk } from '../probe.ts';
import type { Part } from './part.ts';

/** Says of the cluster's objects what kube-state-metrics would. */
export const exporter: Part = {
  name: 'exporter',
  programs: [],
  needs: ['kube-apiserver'],
  ports: ['exporter'],
  command(lab) {
    const script = join(import.meta.dirname, '../monitoring/exporter.ts');
    const port = `--port=${lab.port('exporter')}`;
    return { file: process.execPath, args: [script, port, `--tls=${lab.pki('kubelet')}`, ...accessArguments(lab)] };
  },
  ready(lab) {
    return answersOk({
      port: lab.port('exporter'),
      path: '/healthz',
      ca: lab.pki('ca.crt'),
      cert: lab.pki('monitoring.crt'),
      key: lab.pki('monitoring.key'),
    });
  },
};
