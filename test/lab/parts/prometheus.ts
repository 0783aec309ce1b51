import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { prometheusConfig } from '../monitoring/prometheus-config.ts';
import { answersPlainly } from '../plain-probe.ts';
import type { Part } from './part.ts';

export const prometheus: Part = {
  name: 'prometheus',
  programs: ['prometheus'],
  // Not before there is something to scrape, or its first measurements would be of a cluster that is down.
  needs: ['kube-apiserver', 'alertmanager', 'exporter'],
  ports: ['prometheus'],
  async prepare(lab) {
    writeFileSync(lab.path('prometheus.yaml'), stringify(prometheusConfig(lab)));
  },
  command(lab) {
    return {
      file: lab.program('prometheus'),
      args: [
        `--config.file=${lab.path('prometheus.yaml')}`,
        `--storage.tsdb.path=${lab.path('prometheus')}`,
        '--storage.tsdb.retention.time=7d',
        `--web.listen-address=127.0.0.1:${lab.port('prometheus')}`,
        `--web.external-url=http://127.0.0.1:${lab.port('prometheus')}`,
        // A minute by default: too long for an alert that Alertmanager was not yet there to take.
        '--rules.alert.resend-delay=5s',
        '--log.level=warn',
      ],
    };
  },
  ready(lab) {
    return answersPlainly(lab.port('prometheus'), '/-/ready');
  },
  env(lab) {
    return { prometheus: `http://127.0.0.1:${lab.port('prometheus')}` };
  },
};
