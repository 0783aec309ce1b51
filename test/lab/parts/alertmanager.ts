import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { alertmanagerConfig, plantedSilence } from '../monitoring/alertmanager-config.ts';
import { answersPlainly } from '../plain-probe.ts';
import type { Part } from './part.ts';

export const alertmanager: Part = {
  name: 'alertmanager',
  programs: ['alertmanager'],
  needs: [],
  ports: ['alertmanager'],
  async prepare(lab) {
    writeFileSync(lab.path('alertmanager.yaml'), stringify(alertmanagerConfig));
  },
  command(lab) {
    return {
      file: lab.program('alertmanager'),
      args: [
        `--config.file=${lab.path('alertmanager.yaml')}`,
        `--storage.path=${lab.path('alertmanager')}`,
        `--web.listen-address=127.0.0.1:${lab.port('alertmanager')}`,
        `--web.external-url=http://127.0.0.1:${lab.port('alertmanager')}`,
        // Empty: alone. Its default gossips on every address of the machine.
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
    };
  },
  ready(lab) {
    return answersPlainly(lab.port('alertmanager'), '/-/ready');
  },
  async settle(lab) {
    const answer = await fetch(`http://127.0.0.1:${lab.port('alertmanager')}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(plantedSilence(new Date())),
      signal: AbortSignal.any([AbortSignal.timeout(10_000), ...(lab.signal === undefined ? [] : [lab.signal])]),
    });
    if (!answer.ok) throw new Error(`Alertmanager took no silence: ${answer.status} ${await answer.text()}`);
  },
  env(lab) {
    return { alertmanager: `http://127.0.0.1:${lab.port('alertmanager')}` };
  },
};
